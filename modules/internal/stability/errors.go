package stability

import (
	"net/http"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

// problem is the body of an error.
type problem struct {
	Name   provider.Text          `json:"name"`
	Errors provider.Items[string] `json:"errors"`
}

// codes are the vendor's errors. The names of most are not confirmed, so they are told
// apart by their status; only a 403 may be a refusal by moderation or a missing right. A
// 5xx leaves open whether the request was executed. A blurred image comes with status 200
// and counts as a successful generation.
var codes = provider.ErrorTable{
	Title: title,
	Statuses: []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound,
		http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusTooManyRequests,
	},
	Rules: []provider.ErrorRule{
		{Match: contentFiltered, Status: http.StatusOK, Class: provider.ResultRefused, Charged: fault.ChargedYes,
			Message: "{title} made the image and blurred it, because its content is not allowed. It counts as a generation, so it is charged."},
		{Status: http.StatusUnauthorized, Class: provider.KeyRefused},
		{Status: http.StatusPaymentRequired, Class: provider.NoBalance},
		{Match: "content_moderation", Status: http.StatusForbidden, Class: provider.ContentRefused},
		{Status: http.StatusForbidden, Class: provider.NoAccess},
		{Status: http.StatusNotFound, Class: provider.ModelUnknown},
		{Status: http.StatusTooManyRequests, Class: provider.Throttled},
	},
}

// responseFault is the fault of an answer that is no success.
func responseFault(res provider.Response) *fault.Error {
	var p problem
	_ = provider.Unmarshal(res.Body, &p) // a gateway in front may send anything
	return codes.Fault(res, provider.VendorError{Code: string(p.Name), Message: strings.Join(p.Errors, "; ")})
}
