package sandbox

import (
	"net/http"

	"aigc/app/sandbox"
)

// problem is an error in the format of google.rpc.Status.
type problem struct {
	status  int
	code    string
	message string
	detail  map[string]string
}

var badToken = &problem{status: 401, code: "UNAUTHENTICATED", message: "Request had invalid authentication credentials."}

// ordered are the errors for directives that are answered before a purchase is
// recorded.
var ordered = map[string]*problem{
	"400": invalid("The sandbox was asked for a 400."),
	"401": badToken,
	"402": {403, "PERMISSION_DENIED", "This API method requires billing to be enabled.",
		map[string]string{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "BILLING_DISABLED"}},
	"429": {429, "RESOURCE_EXHAUSTED", "Quota exceeded for aiplatform.googleapis.com/online_prediction_requests_per_base_model.",
		map[string]string{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"}},
}

func invalid(message string) *problem {
	return &problem{status: http.StatusBadRequest, code: "INVALID_ARGUMENT", message: message}
}

func notFound(message string) *problem {
	return &problem{status: http.StatusNotFound, code: "NOT_FOUND", message: message}
}

func (p problem) send(w http.ResponseWriter) {
	body := map[string]any{"code": p.status, "message": p.message, "status": p.code}
	if p.detail != nil {
		body["details"] = []any{p.detail}
	}
	sandbox.Reply(w, p.status, map[string]any{"error": body})
}
