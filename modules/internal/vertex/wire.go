package vertex

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Request is the body of predictLongRunning. Names are camelCase: snake_case
// is silently ignored.
type Request struct {
	Instances  []Instance        `json:"instances"`
	Parameters Parameters        `json:"parameters"`
	Labels     map[string]string `json:"labels,omitempty"`
}

// Instance says what to draw, and from what.
type Instance struct {
	Prompt          string      `json:"prompt,omitempty"`
	Image           *Media      `json:"image,omitempty"`
	LastFrame       *Media      `json:"lastFrame,omitempty"`
	ReferenceImages []Reference `json:"referenceImages,omitempty"`
	Video           *Media      `json:"video,omitempty"`
}

// Media is a picture or clip, inline.
type Media struct {
	Bytes    string `json:"bytesBase64Encoded,omitempty"`
	GCSURI   string `json:"gcsUri,omitempty"`
	MIMEType string `json:"mimeType"`
}

// Reference is a picture of a thing or person that shall appear.
type Reference struct {
	Image         Media  `json:"image"`
	ReferenceType string `json:"referenceType"`
}

// Parameters say how.
type Parameters struct {
	DurationSeconds    int    `json:"durationSeconds,omitempty"`
	AspectRatio        string `json:"aspectRatio,omitempty"`
	Resolution         string `json:"resolution,omitempty"`
	SampleCount        int    `json:"sampleCount,omitempty"`
	GenerateAudio      *bool  `json:"generateAudio,omitempty"`
	NegativePrompt     string `json:"negativePrompt,omitempty"`
	PersonGeneration   string `json:"personGeneration,omitempty"`
	Seed               *int64 `json:"seed,omitempty"`
	StorageURI         string `json:"storageUri,omitempty"`
	EnhancePrompt      *bool  `json:"enhancePrompt,omitempty"`
	CompressionQuality string `json:"compressionQuality,omitempty"`
	ResizeMode         string `json:"resizeMode,omitempty"`
}

// operation is the answer of a poll.
type operation struct {
	Name     string          `json:"name"`
	Done     bool            `json:"done"`
	Error    *status         `json:"error"`
	Response json.RawMessage `json:"response"`
}

type response struct {
	Videos          []video  `json:"videos"`
	Samples         []sample `json:"generatedSamples"` // an older sibling, still in the published schema
	FilteredCount   int      `json:"raiMediaFilteredCount"`
	FilteredReasons []string `json:"raiMediaFilteredReasons"`
}

type video struct {
	GCSURI string `json:"gcsUri"`
	Bytes  string `json:"bytesBase64Encoded"`
}

type sample struct {
	Video struct {
		URI     string `json:"uri"`
		Encoded string `json:"encodedVideo"`
	} `json:"video"`
}

type status struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Status  string          `json:"status"`
	Details json.RawMessage `json:"details"`
}

// update reads an operation. Not done means wait, whatever else it holds.
func (o operation) update() provider.Update {
	if !o.Done {
		return provider.Update{}
	}
	if o.Error != nil {
		return provider.Update{Phase: provider.Failed, Err: o.Error.failed()}
	}
	var r response
	if json.Unmarshal(o.Response, &r) != nil && len(o.Response) > 0 {
		return provider.Update{} // done, but in words that nobody has told us: wait for the deadline
	}
	a := provider.Answer{VendorID: o.Name}
	for _, v := range r.Videos {
		a.Results = append(a.Results, provider.Result{URL: v.GCSURI, Base64: v.Bytes})
	}
	for _, s := range r.Samples {
		a.Results = append(a.Results, provider.Result{URL: s.Video.URI, Base64: s.Video.Encoded})
	}
	if len(a.Results) == 0 {
		return provider.Update{Phase: provider.Failed, Err: filtered(r.FilteredReasons)}
	}
	if r.FilteredCount > 0 {
		a.Warnings = append(a.Warnings, filtered(r.FilteredReasons).Safe)
	}
	return provider.Update{Phase: provider.Done, Progress: 1, Answer: a}
}

// failed reads an operation's error: a google.rpc code. Failed clips are not
// charged.
func (s status) failed() *fault.Error {
	kind, code := fault.VendorFailed, "vendor_failed"
	switch {
	case s.Code == 3 && refusal(s.Message):
		kind, code = fault.Rejected, "content_refused"
	case s.Code == 3:
		kind, code = fault.Invalid, "vendor_refused_input"
	case s.Code == 7:
		code = "vendor_permission"
	case s.Code == 8:
		code = "vendor_quota"
	}
	return &fault.Error{Kind: kind, Code: code, Safe: s.Message, VendorCode: s.Status, Charged: fault.ChargedNo}
}

// filtered is the safety filter's no; such clips are not charged.
func filtered(reasons []string) *fault.Error {
	text := strings.Join(reasons, " ")
	f := fault.New(fault.Rejected, "content_refused", "The safety filter refused the clip.").With(fault.ChargedNo)
	if text != "" {
		f.Safe = text
	}
	for _, n := range digits.FindAllString(text, -1) {
		if what := support[n]; what != "" {
			f.VendorCode = n
			f.Safe += " (" + what + ")"
			break
		}
	}
	return f
}

var digits = regexp.MustCompile(`\b\d{8}\b`)

// support codes of the responsible-AI page.
var support = map[string]string{
	"58061214": "child", "17301594": "child", "29310472": "celebrity", "15236754": "celebrity",
	"64151117": "video safety", "42237218": "video safety", "62263041": "dangerous", "57734940": "hate", "22137204": "hate",
	"74803281": "other", "29578790": "other", "42876398": "other",
	"89371032": "prohibited", "49114662": "prohibited", "63429089": "prohibited", "72817394": "prohibited", "60599140": "prohibited",
	"35561574": "third-party content", "35561575": "third-party content", "90789179": "sexual", "43188360": "sexual",
	"78610348": "toxic", "61493863": "violence", "56562880": "violence", "32635315": "vulgar",
}

func refusal(text string) bool {
	lower := strings.ToLower(text)
	return digits.MatchString(text) || strings.Contains(lower, "policy") || strings.Contains(lower, "policies") || strings.Contains(lower, "support code")
}

// failure reads an answer that is no 200: google.rpc's shape, perhaps in an
// array of one, or whatever a gateway in front sends.
func failure(res provider.Response) *fault.Error {
	var w struct {
		Error status `json:"error"`
	}
	body := []byte(res.Body)
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil && len(list) > 0 {
		body = list[0]
	}
	_ = json.Unmarshal(body, &w) // HTML has no words worth showing
	f := res.Fault("Google Vertex AI", w.Error.Status, w.Error.Message)
	switch {
	case res.Status == http.StatusBadRequest && refusal(w.Error.Message):
		f.Kind, f.Code = fault.Rejected, "content_refused"
	case res.Status == http.StatusUnauthorized:
		f.Safe = "Google refuses the token of the service account in GOOGLE_APPLICATION_CREDENTIALS."
	case res.Status == http.StatusForbidden:
		f.Code = fault.AccountSetup
	case res.Status == http.StatusTooManyRequests:
		if d := w.Error.retryDelay(); d > 0 {
			f.RetryAfter = d
		}
	}
	return f
}

func (s status) retryDelay() time.Duration {
	var details []struct {
		Delay string `json:"retryDelay"`
	}
	if json.Unmarshal(s.Details, &details) != nil {
		return 0
	}
	for _, d := range details {
		if v, err := time.ParseDuration(d.Delay); err == nil {
			return v
		}
	}
	return 0
}
