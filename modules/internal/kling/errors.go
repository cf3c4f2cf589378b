package kling

import (
	"net/http"

	"aigc/app/provider"
)

// codes are the vendor's errors, by the code in the body: the status 429 alone may
// be throttling, an empty balance or a refused IP address. A 5xx leaves open
// whether the request was executed.
var codes = provider.Codes{
	Title:    title,
	Statuses: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests},
	Rules: []provider.CodeRule{
		{Match: "1000", Means: provider.KeyRefused},
		{Match: "1001", Means: provider.KeyRefused},
		{Match: "1002", Means: provider.KeyRefused},
		{Match: notYetValid, Means: provider.KeyRefused, Safe: clockHint},
		{Match: expired, Means: provider.KeyRefused, Safe: clockHint},
		{Match: "1100", Means: provider.KeyRefused, Safe: "{title} refuses the account of the key in {variable}; see its console."},
		{Match: "1101", Means: provider.NoBalance},
		{Match: "1102", Means: provider.NoBalance},
		{Match: "1103", Means: provider.NoAccess},
		{Match: "1200", Means: provider.BadInput},
		{Match: "1201", Means: provider.BadInput},
		{Match: "1203", Means: provider.ModelUnknown, Safe: "{title} does not serve this model: it is unknown or no longer served."},
		{Match: "1300", Means: provider.ContentRefused},
		{Match: "1301", Means: provider.ContentRefused},
		{Match: "1302", Means: provider.Throttled},
		{Match: "1303", Means: provider.Throttled},
		{Match: "1304", Means: provider.NoAccess, Safe: "{title} does not accept this machine's IP address: add it to the allow-list in its console."},
		{Status: http.StatusForbidden, Means: provider.NoAccess}, // a bad key is a 401
		// The reason of a failed job is free text; this part of it means a refusal.
		{Text: "risk control", Means: provider.ContentRefused},
	},
}

// Codes for a refused token of a key pair.
const notYetValid, expired = "1003", "1004"

const clockHint = "{title} refuses the token that was signed with {variable}: check this machine's clock."
