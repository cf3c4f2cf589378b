package fashn

import (
	"encoding/json"
	"net/http"
	"strings"

	"aigc/app/provider"
)

// codes are the vendor's errors by name, before and after a run has an id: the status
// 429 alone may be throttling or an empty balance. A failed run with another name, such
// as PipelineError, is the vendor's failure. Its documentation says that an error
// instead of an id means that nothing was accepted, so its own 500 is sent again; a
// 5xx without its name may come from a proxy and leaves that open.
var codes = provider.ErrorTable{
	Title: title,
	Statuses: []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusNotFound, http.StatusTooManyRequests,
	},
	Rules: []provider.ErrorRule{
		{Match: modelNamed, Status: http.StatusBadRequest, Class: provider.ModelUnknown},
		{Match: "BadRequest", Class: provider.BadInput},
		{Match: "UnauthorizedAccess", Class: provider.KeyRefused},
		{Match: notFound, Class: provider.BadInput},
		{Match: "RateLimitExceeded", Class: provider.Throttled},
		{Match: "ConcurrencyLimitExceeded", Class: provider.Throttled},
		{Match: "OutOfCredits", Class: provider.NoBalance},
		{Match: "InternalServerError", Status: http.StatusInternalServerError, Class: provider.Overloaded,
			Message: "{title} reports an internal error. Images that are too large cause it, too."},

		{Match: "ContentModerationError", Class: provider.ContentRefused},
		{Match: "ThirdPartyError", Class: provider.ContentRefused}, // mostly a restriction of the input
		{Match: "ImageLoadError", Class: provider.BadInput},
		{Match: "PoseError", Class: provider.BadInput},
		{Match: "InputValidationError", Class: provider.BadInput},
		{Match: "LoRALoadError", Class: provider.BadInput},
	},
}

// notFound is the name of the error for an id that the vendor no longer knows.
// modelNamed is our type of an error whose message names the model: it is not served.
const notFound, modelNamed = "NotFound", "model named"

// problem is the error of an answer: its name alone, or an object.
type problem struct {
	Name    string
	Message string
}

// UnmarshalJSON implements [json.Unmarshaler]. Anything else is no error of a known
// name.
func (p *problem) UnmarshalJSON(data []byte) error {
	*p = problem{}
	var w struct {
		Name    provider.Text `json:"name"`
		Message provider.Text `json:"message"`
	}
	if json.Unmarshal(data, &p.Name) != nil && json.Unmarshal(data, &w) == nil {
		*p = problem{string(w.Name), string(w.Message)}
	}
	return nil
}

// errorOf reads the error of an answer that is not a success.
func errorOf(body []byte, model string) provider.VendorError {
	var w reply
	_ = provider.Unmarshal(body, &w) // a proxy's page has no name
	p := provider.VendorError{Code: w.Error.Name, Message: w.Error.Message}
	if p.Message == "" {
		p.Message = string(w.Message)
	}
	if strings.Contains(p.Message, "model_name") || model != "" && strings.Contains(p.Message, model) {
		p.Type = modelNamed
	}
	return p
}
