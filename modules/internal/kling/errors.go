package kling

import (
	"net/http"

	"aigc/app/provider"
)

// codes are the vendor's errors, by the code in the body: the status 429 alone may
// be throttling, an empty balance or a refused IP address. A 5xx leaves open
// whether the request was executed.
var codes = provider.ErrorTable{
	Title:    title,
	Statuses: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests},
	Rules: []provider.ErrorRule{
		{Match: "1000", Class: provider.KeyRefused},
		{Match: "1001", Class: provider.KeyRefused},
		{Match: "1002", Class: provider.KeyRefused},
		{Match: notYetValid, Class: provider.KeyRefused, Message: clockHint},
		{Match: expired, Class: provider.KeyRefused, Message: clockHint},
		{Match: "1100", Class: provider.KeyRefused, Message: "{title} refuses the account of the key in {variable}; see its console."},
		{Match: "1101", Class: provider.NoBalance},
		{Match: "1102", Class: provider.NoBalance},
		{Match: "1103", Class: provider.NoAccess},
		{Match: "1200", Class: provider.BadInput},
		{Match: "1201", Class: provider.BadInput},
		{Match: "1203", Class: provider.ModelUnknown, Message: "{title} does not serve this model: it is unknown or no longer served."},
		{Match: "1300", Class: provider.ContentRefused},
		{Match: "1301", Class: provider.ContentRefused},
		{Match: "1302", Class: provider.Throttled},
		{Match: "1303", Class: provider.Throttled},
		{Match: "1304", Class: provider.NoAccess, Message: "{title} does not accept this machine's IP address: add it to the allow-list in its console."},
		{Status: http.StatusForbidden, Class: provider.NoAccess}, // a bad key is a 401
		// The reason of a failed job is free text; this part of it means a refusal.
		{Text: "risk control", Class: provider.ContentRefused},
	},
}

// Codes for a refused token of a key pair.
const notYetValid, expired = "1003", "1004"

const clockHint = "{title} refuses the token that was signed with {variable}: check this machine's clock."
