package vertex

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

// operation is the answer of a poll.
type operation struct {
	Name     string          `json:"name"`
	Done     bool            `json:"done"`
	Error    *status         `json:"error"`
	Response json.RawMessage `json:"response"`
}

type response struct {
	Videos          []video  `json:"videos"`
	Samples         []sample `json:"generatedSamples"` // an older sibling, still in the published schema
	FilteredCount   int      `json:"raiMediaFilteredCount"`
	FilteredReasons []string `json:"raiMediaFilteredReasons"`
}

type video struct {
	GCSURI string `json:"gcsUri"`
	Bytes  string `json:"bytesBase64Encoded"`
}

type sample struct {
	Video struct {
		URI     string `json:"uri"`
		Encoded string `json:"encodedVideo"`
	} `json:"video"`
}

// update reads an operation. Without done it means wait, whatever else it holds.
// So does an undocumented end: failing the task there would lose a paid video.
func (o operation) update() provider.Update {
	if !o.Done {
		return provider.Update{}
	}
	if o.Error != nil {
		return provider.Update{Phase: provider.Failed, Err: o.Error.failed()}
	}
	var r response
	err := json.Unmarshal(o.Response, &r)
	if odd := (*json.UnmarshalTypeError)(nil); err != nil && !errors.As(err, &odd) {
		return unreadable()
	}
	switch clips := r.clips(); {
	case len(clips) > 0:
		a := provider.Answer{VendorID: o.Name, Results: clips}
		if r.FilteredCount > 0 {
			a.Warnings = []string{fmt.Sprintf("The safety filter refused %d of the videos: %s", r.FilteredCount, filtered(r.FilteredReasons).Message)}
		}
		return provider.Update{Phase: provider.Done, Progress: 1, Answer: a}
	case onlyFilter(o.Response):
		return provider.Update{Phase: provider.Failed, Err: filtered(r.FilteredReasons)}
	}
	return unreadable()
}

func unreadable() provider.Update {
	return provider.Update{Message: "Google reports the video as done, but the answer holds no readable video."}
}

// clips are the videos with bytes or an address, in either shape.
func (r response) clips() []provider.Result {
	var out []provider.Result
	add := func(res provider.Result) {
		if res.URL != "" || res.Base64 != "" {
			out = append(out, res)
		}
	}
	for _, v := range r.Videos {
		add(provider.Result{URL: v.GCSURI, Base64: v.Bytes})
	}
	for _, s := range r.Samples {
		add(provider.Result{URL: s.Video.URI, Base64: s.Video.Encoded})
	}
	return out
}

// onlyFilter says whether a response is the documented one of a refusal: an
// object without videos, and without a further field that could hold one.
func onlyFilter(raw json.RawMessage) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || fields == nil {
		return false
	}
	for name, value := range fields {
		switch name {
		case "@type", "raiMediaFilteredCount", "raiMediaFilteredReasons":
		case "videos", "generatedSamples":
			var list []json.RawMessage
			if json.Unmarshal(value, &list) != nil || len(list) > 0 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// Codes of google.rpc that an operation fails with.
const (
	codeInvalid      = 3
	codePermission   = 7
	codeQuota        = 8
	codePrecondition = 9
)

var codeNames = map[int]string{
	codeInvalid: "INVALID_ARGUMENT", codePermission: "PERMISSION_DENIED", codeQuota: "RESOURCE_EXHAUSTED", codePrecondition: "FAILED_PRECONDITION",
	13: "INTERNAL", 14: "UNAVAILABLE",
}

// failed reads an operation's error. Failed videos are not charged.
func (s status) failed() *fault.Error {
	f := fault.New(fault.VendorFailed, "vendor_failed", "%s", provider.Sanitize(s.Message)).WithCharge(fault.ChargedNo)
	switch {
	case s.Code == codeInvalid && refusal(s.Message):
		f.Kind, f.Code = fault.Rejected, "content_refused"
	case s.Code == codeInvalid:
		f.Kind, f.Code = fault.Invalid, "vendor_refused_input"
	case s.Code == codePermission: // often the bucket's
		f.Code = "vendor_permission"
	case s.Code == codeQuota:
		f.Code = "vendor_quota"
	case s.Code == codePrecondition:
		f.Code = "vendor_precondition"
	}
	if f.Message == "" {
		f.Message = "Google reports a failure without a reason."
	}
	f.VendorCode = codeNames[s.Code]
	if f.VendorCode == "" {
		f.VendorCode = strconv.Itoa(s.Code)
	}
	return f
}

// filtered is a refusal by the safety filter; such videos are not charged. Its
// vendor code is the first documented support code in the reasons, else the first
// code there.
func filtered(reasons []string) *fault.Error {
	f := fault.New(fault.Rejected, "content_refused", "The safety filter refused the video.").WithCharge(fault.ChargedNo)
	text := strings.Join(reasons, " ")
	if words := provider.Sanitize(text); words != "" {
		f.Message = words
	}
	for _, n := range digits.FindAllString(text, -1) {
		if what := support[n]; what != "" {
			f.VendorCode = n
			f.Message += " (" + what + ")"
			break
		}
		if f.VendorCode == "" {
			f.VendorCode = n
		}
	}
	return f
}

var digits = regexp.MustCompile(`\b\d{8}\b`)

// support are the support codes of the responsible-AI page.
var support = map[string]string{
	"58061214": "child", "17301594": "child", "29310472": "celebrity", "15236754": "celebrity",
	"64151117": "video safety", "42237218": "video safety", "62263041": "dangerous", "57734940": "hate", "22137204": "hate",
	"74803281": "other", "29578790": "other", "42876398": "other",
	"89371032": "prohibited", "49114662": "prohibited", "63429089": "prohibited", "72817394": "prohibited", "60599140": "prohibited",
	"35561574": "third-party content", "35561575": "third-party content", "90789179": "sexual", "43188360": "sexual",
	"78610348": "toxic", "61493863": "violence", "56562880": "violence", "32635315": "vulgar",
}

func refusal(text string) bool {
	lower := strings.ToLower(text)
	return digits.MatchString(text) || strings.Contains(lower, "policy") || strings.Contains(lower, "policies") || strings.Contains(lower, "support code")
}
