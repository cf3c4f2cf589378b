package tencent

import (
	"encoding/json"

	"aigc/app/provider"
)

// submission is the body of SubmitTextToImageJob. LogoAdd and Revise are sent also when
// they are 0, since the vendor's default is 1.
type submission struct {
	Prompt     string
	Resolution string `json:",omitempty"` // WIDTH:HEIGHT
	LogoAdd    int
	Revise     int
	Seed       *int64     `json:",omitempty"`
	Images     []string   `json:",omitempty"` // base64 or URLs
	LogoParam  *logoParam `json:",omitempty"`
}

type logoParam struct {
	LogoURL   string    `json:"LogoUrl,omitempty"`
	LogoImage string    `json:",omitempty"` // base64
	LogoRect  *logoRect `json:",omitempty"`
}

type logoRect struct{ X, Y, Width, Height int }

// query is the body of QueryTextToImageJob.
type query struct {
	JobID string `json:"JobId"`
}

// envelope is the body of every answer.
type envelope struct {
	Response struct {
		Error struct {
			Code    provider.Text
			Message provider.Text
		}
		JobID         provider.Text `json:"JobId"`
		JobStatusCode provider.Text
		JobStatusMsg  provider.Text
		JobErrorCode  provider.Text
		JobErrorMsg   provider.Text
		ResultImage   texts // URLs
		ResultDetails texts // detailSuccess, else why there is no image
		RevisedPrompt texts
	}
}

// The statuses of a job that end it; "1" is waiting, "2" running.
const statusFailed, statusDone = "4", "5"

const detailSuccess = "Success"

func (w envelope) problem() provider.VendorError {
	return provider.VendorError{Code: string(w.Response.Error.Code), Message: string(w.Response.Error.Message)}
}

// texts is a list of texts. A single text is a list of one, since other actions of this
// API answer so; any other value is an empty list.
type texts []string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *texts) UnmarshalJSON(data []byte) error {
	var one string
	if *t = nil; json.Unmarshal(data, &one) == nil && one != "" {
		*t = texts{one}
	} else if json.Unmarshal(data, (*[]string)(t)) != nil {
		*t = nil
	}
	return nil
}

// at is the i-th text; empty if there is none.
func (t texts) at(i int) string {
	if i < len(t) {
		return t[i]
	}
	return ""
}
