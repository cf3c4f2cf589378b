package ark

import (
	"encoding/json"
	"net/http"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

// request is the body of POST /images/generations. Pointers and omitempty
// matter: some models answer 400 to a field that is there at all, even as
// false or "disabled".
type request struct {
	Model          string           `json:"model"`
	Prompt         string           `json:"prompt"`
	Images         []string         `json:"image,omitempty"`
	Size           string           `json:"size,omitempty"`
	Seed           *int64           `json:"seed,omitempty"`
	GuidanceScale  *float64         `json:"guidance_scale,omitempty"`
	Watermark      *bool            `json:"watermark,omitempty"`
	ResponseFormat string           `json:"response_format,omitempty"`
	OutputFormat   string           `json:"output_format,omitempty"`
	Sequential     string           `json:"sequential_image_generation,omitempty"`
	SequentialOpts *sequential      `json:"sequential_image_generation_options,omitempty"`
	Optimize       *OptimizeOptions `json:"optimize_prompt_options,omitempty"`
	Tools          []tool           `json:"tools,omitempty"`
	Background     string           `json:"background,omitempty"`
	Layers         *bool            `json:"layer_decomposition,omitempty"`
}

type sequential struct {
	MaxImages int `json:"max_images,omitempty"`
}

type tool struct {
	Type string `json:"type"`
}

// OptimizeOptions say how the vendor rewrites a prompt; 4.0 and newer.
type OptimizeOptions struct {
	Mode     string `json:"mode,omitempty" enum:"standard,fast" doc:"fast: 4.0 and 5.0 pro"`
	Thinking string `json:"thinking,omitempty" enum:"auto,enabled,disabled" doc:"whether the model thinks first"`
}

type answer struct {
	Model string          `json:"model"`
	Data  []item          `json:"data"`
	Usage json.RawMessage `json:"usage,omitempty"`
	Error *problem        `json:"error,omitempty"`
}

type item struct {
	URL   string   `json:"url,omitempty"`
	B64   string   `json:"b64_json,omitempty"`
	Size  string   `json:"size,omitempty"`
	Error *problem `json:"error,omitempty"`
}

type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Param   string `json:"param,omitempty"`
	Type    string `json:"type,omitempty"`
}

// failure reads an answer that is no 200.
func failure(res provider.Response) *fault.Error {
	var w struct {
		Error problem `json:"error"`
	}
	if json.Unmarshal(res.Body, &w) != nil || w.Error.Code == "" {
		return res.Fault("Volcengine Ark", "", "")
	}
	if res.Status >= 500 {
		return res.Fault("Volcengine Ark", w.Error.Code, w.Error.words())
	}
	f := w.Error.fault(res.Status)
	f.RetryAfter = provider.RetryAfter(res.Header)
	return f
}

// words are the vendor's message without its request id.
func (p problem) words() string {
	text, _, _ := strings.Cut(p.Message, " Request id:")
	return strings.TrimSpace(text)
}

// classes are matched by prefix, first come first served (1299023, 1099476).
var classes = []struct {
	prefix string
	kind   fault.Kind
	code   string
}{
	{"SetLimitExceeded", fault.VendorQuota, "vendor_no_balance"},
	{"QuotaExceeded", fault.VendorQuota, "vendor_no_balance"},
	{"AccountOverdueError", fault.VendorQuota, "vendor_no_balance"},
	{"OutputImageSensitiveContentDetected", fault.Rejected, "result_refused"},
	{"InputTextSensitiveContentDetected", fault.Rejected, "content_refused"},
	{"InputImageSensitiveContentDetected", fault.Rejected, "content_refused"},
	{"SensitiveContentDetected", fault.Rejected, "content_refused"},
	{"AuthenticationError", fault.VendorAuth, "vendor_key_refused"},
	{"InvalidAccountStatus", fault.VendorAuth, "vendor_key_refused"},
	{"AccessDenied", fault.VendorAuth, fault.AccountSetup},
	{"OperationDenied.ServiceNotOpen", fault.VendorAuth, fault.AccountSetup},
	{"ModelNotOpen", fault.Invalid, "vendor_model_not_open"},
	{"InvalidEndpointOrModel", fault.Invalid, "vendor_model_not_open"},
}

func (p problem) fault(status int) *fault.Error {
	f := &fault.Error{VendorCode: p.Code, Safe: p.words(), Charged: fault.ChargedNo}
	for _, c := range classes {
		if strings.HasPrefix(p.Code, c.prefix) {
			f.Kind, f.Code = c.kind, c.code
			return f
		}
	}
	switch {
	case strings.HasSuffix(p.Code, "RiskDetection"):
		f.Kind, f.Code = fault.Rejected, "content_refused"
	case status == http.StatusTooManyRequests:
		f.Kind, f.Code = fault.RateLimited, "vendor_rate_limited"
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		f.Kind, f.Code = fault.VendorAuth, "vendor_key_refused"
	case p.Code == "InternalServiceError":
		f.Kind, f.Code, f.Charged = fault.InDoubt, "vendor_error", fault.ChargedUnknown
	default:
		f.Kind, f.Code = fault.Invalid, "vendor_refused_input"
	}
	return f
}
