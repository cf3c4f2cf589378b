package sandbox

import (
	"net/http"

	"aigc/app/sandbox"
)

// apiError is an answer in the shape of the vendor's errors.
type apiError struct {
	status      int
	kind        string
	code, param any // a string or nil
	message     string
	stage       string // of a refusal: "input" or "output"
	inner       string // code of the inner error of an Azure OpenAI resource
}

const (
	invalidRequest = "invalid_request_error"
	refused        = "image_generation_user_error"
)

var badKey = &apiError{status: 401, kind: invalidRequest, code: "invalid_api_key", message: "Incorrect API key provided: sand***. You can find your API key at https://platform.openai.com/account/api-keys."}

// faultErrors are the errors for directives. All but refuse-output are answered before a
// purchase is recorded.
var faultErrors = map[string]*apiError{
	"400":           invalid("prompt", "invalid_value", "The sandbox was asked for a 400."),
	"401":           badKey,
	"402":           {status: 429, kind: "insufficient_quota", code: "credit_balance_exhausted", message: "You exceeded your current quota, please check your plan and billing details."},
	"429":           {status: 429, kind: "rate_limit_exceeded", code: "rate_limit_exceeded", message: "Rate limit reached for images per minute."},
	"503":           {status: 503, kind: "service_unavailable_error", code: "server_is_overloaded", message: "The server is overloaded. Please try again later."},
	"refuse-output": {status: 400, kind: refused, code: "moderation_blocked", stage: "output", message: "The generated image was rejected by the safety system. safety_violations=[violence]."},
	"refuse":        {status: 400, kind: refused, code: "moderation_blocked", stage: "input", message: "Your request was rejected by the safety system. safety_violations=[violence]."},
}

// invalid is a 400 about one field.
func invalid(param, code any, message string) *apiError {
	return &apiError{status: http.StatusBadRequest, kind: invalidRequest, code: code, param: param, message: message}
}

// codes are the error codes by broken rule; invalid_value for all others.
var codes = map[sandbox.Rule]string{
	sandbox.Missing: "missing_required_parameter", sandbox.Unknown: "unknown_parameter", sandbox.NotSupported: "unknown_parameter",
	sandbox.WrongKind: "invalid_type", sandbox.TooLong: "string_above_max_length",
}

// fieldProblem is the vendor's answer to a field that breaks a rule.
func fieldProblem(p sandbox.Problem) *apiError {
	if p.Field == "model" && p.Rule == sandbox.NotListed {
		return &apiError{status: http.StatusNotFound, kind: invalidRequest, code: "model_not_found", param: "model", message: "The model does not exist or you do not have access to it."}
	}
	code, ok := codes[p.Rule]
	if !ok {
		code = "invalid_value"
	}
	return invalid(p.Field, code, "'"+p.Field+"' "+p.Text+".")
}

func (p apiError) send(w http.ResponseWriter) {
	body := map[string]any{"message": p.message, "code": p.code}
	if p.kind != "" {
		body["type"], body["param"] = p.kind, p.param
	}
	if p.stage != "" {
		body["moderation_details"] = map[string]any{"moderation_stage": p.stage, "categories": []string{"violence"}}
	}
	if p.inner != "" {
		body["inner_error"] = map[string]any{"code": p.inner, "content_filter_results": filterResults(true)}
	}
	if p.code == "rate_limit_exceeded" || p.code == "429" {
		w.Header().Set("Retry-After", "1")
	}
	sandbox.Reply(w, p.status, map[string]any{"error": body})
}
