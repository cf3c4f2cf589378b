package minimax

import (
	"regexp"
	"slices"

	"aigc/app/fault"
	"aigc/app/provider"
)

const title = "MiniMax"

// rules are the documented codes of base_resp. The codes 1000, 1001, 1024 and 1033
// (internal errors and a timeout) leave open whether the request was executed, as
// every code that is not listed.
var rules = []provider.ErrorRule{
	{Match: "1002", Class: provider.Throttled}, {Match: "1039", Class: provider.Throttled}, // requests, tokens
	{Match: "1041", Class: provider.Throttled}, {Match: "2045", Class: provider.Throttled}, // connections, growth
	{Match: "1004", Class: provider.KeyRefused, Message: keyHint}, {Match: "2049", Class: provider.KeyRefused, Message: keyHint},
	{Match: "1008", Class: provider.NoBalance},
	{Match: "1028", Class: provider.NoBalance}, {Match: "1030", Class: provider.NoBalance}, {Match: "2056", Class: provider.NoBalance}, // quota of a plan
	{Match: "2038", Class: provider.NoAccess}, {Match: "2061", Class: provider.NoAccess}, // real name missing, not in the plan
	{Match: "1026", Class: provider.ContentRefused},
	{Match: "1027", Class: provider.ResultRefused, Charged: fault.ChargedUnknown}, // whether it is charged is not documented
	{Match: "1042", Class: provider.BadInput}, {Match: "2013", Class: provider.BadInput},
	{Status: 401, Class: provider.KeyRefused, Message: keyHint},
}

const keyHint = "{title} refuses the key in {variable}. A key belongs to one of its two sites: see MINIMAX_BASE_URL."

// codes are the errors of image-01: codes within a 200, or a status of the gateway
// in front of it. h3Codes are those of H3, by status.
var (
	codes   = provider.ErrorTable{Title: title, Rules: rules, Statuses: []int{401, 429}}
	h3Codes = provider.ErrorTable{Title: title, Rules: slices.Concat(rules, []provider.ErrorRule{{Status: 422, Class: provider.ContentRefused}}), Statuses: []int{400, 401, 402, 422, 429}}
)

// bracketed is MiniMax's own code at the end of a message: "… (1026)".
var bracketed = regexp.MustCompile(`\(([0-9]{4})\)\s*$`)

// problem is the error in an answer; false if there is none.
func (w answer) problem() (p provider.VendorError, failed bool) {
	if w.Error == (problem{}) {
		return provider.VendorError{Code: string(w.Base.Code), Message: string(w.Base.Message)}, w.Base.Code != "" && w.Base.Code != "0"
	}
	p = provider.VendorError{Code: string(w.Error.Code), Type: string(w.Error.Type), Message: string(w.Error.Message)}
	if m := bracketed.FindStringSubmatch(p.Message); m != nil {
		p.Code = m[1]
	}
	return p, true
}
