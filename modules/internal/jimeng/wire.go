package jimeng

import (
	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

// submission is the body of CVSync2AsyncSubmitTask.
type submission struct {
	ReqKey      string   `json:"req_key"`
	Prompt      string   `json:"prompt"`
	Addresses   []string `json:"image_urls,omitempty"`
	Base64      []string `json:"binary_data_base64,omitempty"`
	Area        int      `json:"size,omitempty"` // in pixels
	Width       int      `json:"width,omitempty"`
	Height      int      `json:"height,omitempty"`
	Scale       *float64 `json:"scale,omitempty"`
	ForceSingle *bool    `json:"force_single,omitempty"`
	MinRatio    float64  `json:"min_ratio,omitempty"`
	MaxRatio    float64  `json:"max_ratio,omitempty"`
	Seed        *int64   `json:"seed,omitempty"`
	UsePreLLM   *bool    `json:"use_pre_llm,omitempty"`
}

// query is the body of CVSync2AsyncGetResult. Ticket.Data stores it without the
// task id, since the vendor requires all of it in every poll.
type query struct {
	ReqKey  string `json:"req_key"`
	TaskID  string `json:"task_id,omitempty"`
	ReqJSON string `json:"req_json"` // a [delivery], as JSON within JSON
}

// delivery says in which form the results are returned.
type delivery struct {
	ReturnURL bool `json:"return_url"` // false: base64
	Logo      logo `json:"logo_info"`
}

type logo struct {
	Add bool `json:"add_logo"`
	*seedream.Logo
}

// envelope is the body of every answer: in the form of the service, or of the
// gateway in front of it.
type envelope struct {
	errorBody
	Data struct {
		TaskID    provider.Text          `json:"task_id"`
		Status    provider.Text          `json:"status"`
		Addresses provider.Items[string] `json:"image_urls"`
		Base64    provider.Items[string] `json:"binary_data_base64"`
	} `json:"data"`
	Gateway struct{ Error errorBody } `json:"ResponseMetadata"`
}

// errorBody is an error; in the form of the service, code 10000 is success.
type errorBody struct {
	Code    provider.Text `json:"code"`
	Message provider.Text `json:"message"`
}

const success = "10000"

func (w envelope) problem() provider.VendorError {
	e := w.errorBody
	if w.Gateway.Error.Code != "" {
		e = w.Gateway.Error
	}
	return provider.VendorError{Code: string(e.Code), Message: string(e.Message)}
}
