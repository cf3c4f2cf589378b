package tokenhub

import (
	"net/http"

	"aigc/app/fault"
	"aigc/app/provider"
)

// codes are the vendor's errors (docs 1823/131595). An error in a 200 other than the
// refusal, every 5xx, and a status that is not listed leave open whether the request was
// executed. It is not documented that a refusal is free: it may concern the result.
var codes = provider.ErrorTable{
	Title:    title,
	Statuses: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusTooManyRequests},
	Rules: []provider.ErrorRule{
		{Match: "content_filter*", Class: provider.ContentRefused, Charged: fault.ChargedUnknown},
		{Status: http.StatusUnavailableForLegalReasons, Class: provider.ContentRefused, Charged: fault.ChargedUnknown},
		{Status: http.StatusUnprocessableEntity, Class: provider.ContentRefused, Charged: fault.ChargedUnknown},
		{Status: http.StatusPaymentRequired, Class: provider.NoBalance, Message: "{title} has no free quota or balance left for the key in {variable}: top it up, or switch the model to pay-as-you-go in the console."},
		{Status: http.StatusForbidden, Class: provider.NoAccess}, // a bad key is a 401
	},
}
