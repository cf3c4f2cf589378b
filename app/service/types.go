package service

import (
	"encoding/json"
	"io"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/task"
)

// View is a task as callers see it: `data` of the REST envelope.
type View struct {
	TaskID    string          `json:"task_id"`
	Status    task.State      `json:"status" enum:"queued,submitting,running,storing,succeeded,in_doubt,failed,canceled"`
	Progress  float64         `json:"progress"`
	Message   string          `json:"message,omitempty"`
	Created   int64           `json:"created"` // unix seconds
	Data      []ResultView    `json:"data"`
	Kind      string          `json:"kind"` // "gpt.generations"
	Model     string          `json:"model"`
	Prompt    string          `json:"prompt,omitempty"` // its beginning
	Cost      Cost            `json:"cost"`
	Charged   fault.Charge    `json:"charged" enum:"no,yes,unknown"`
	Usage     json.RawMessage `json:"usage,omitempty"`
	Warnings  []string        `json:"warnings"`
	Sandbox   bool            `json:"sandbox"`
	Group     *GroupView      `json:"group"`
	Error     *ErrorView      `json:"error"`
	Answer    *AnswerView     `json:"answer,omitempty"` // kept because it could not be used
	Tags      []string        `json:"tags,omitempty"`
	RetryOf   string          `json:"retry_of,omitempty"`
	RetriedAs string          `json:"retried_as,omitempty"`
	Media     module.Media    `json:"media" enum:"image,video"`
	Vendor    string          `json:"vendor,omitempty"`
	VendorID  string          `json:"vendor_id,omitempty"` // the vendor's id of the job
	Finished  int64           `json:"finished,omitempty"`
	Removed   int64           `json:"removed,omitempty" doc:"When the results were removed because of their age, in unix seconds. Absent: they were not."`
	Joined    bool            `json:"joined,omitempty"` // the request joined this task of an equal one whose caller was not answered

	// LookupUntil is set on a task in doubt whose vendor can be asked about a lost
	// answer: the unix time in seconds until which aigc asks.
	LookupUntil int64 `json:"lookup_until,omitempty" doc:"Of a task in doubt: the vendor is asked for the lost answer until then, in unix seconds. Absent: the vendor cannot be asked."`

	owner string
}

// ResultView is one image or video of a task.
type ResultView struct {
	URL           string  `json:"url"`
	AssetID       string  `json:"asset_id"`
	MIMEType      string  `json:"mime_type"`
	Width         int     `json:"width"`
	Height        int     `json:"height"`
	Duration      float64 `json:"duration,omitempty"` // seconds
	Size          int64   `json:"size"`
	SHA256        string  `json:"sha256"`
	ThumbnailURL  string  `json:"thumbnail_url,omitempty"`
	RevisedPrompt string  `json:"revised_prompt,omitempty"`
	Seed          *int64  `json:"seed,omitempty"`
}

// Cost is the quoted and the paid price of a task; null where it is not known.
type Cost struct {
	Quoted   *float64 `json:"quoted"`
	Actual   *float64 `json:"actual"`
	Currency string   `json:"currency"` // ISO 4217, or a host's own unit; empty if no amount is known
}

// GroupView lists the child tasks of a group.
type GroupView struct {
	Children []string `json:"children"` // task ids in the order of the results
}

// ErrorView is why a task failed or is in doubt.
type ErrorView struct {
	Code       string `json:"code"`
	Message    string `json:"message"`
	VendorCode string `json:"vendor_code,omitempty"`
	Retryable  bool   `json:"retryable"`
	kind       fault.Kind
}

// NewErrorView converts a stored error; nil for nil.
func NewErrorView(e *task.Error) *ErrorView {
	if e == nil {
		return nil
	}
	return &ErrorView{Code: e.Code, Message: e.Message, VendorCode: e.VendorCode, Retryable: e.Retryable, kind: e.Kind}
}

// Fault returns the error of a task that failed or was canceled, for APIs that
// answer such a task with an error; otherwise nil.
func (v *View) Fault() *fault.Error {
	if v.Error == nil || !v.Status.Terminal() || v.Status == task.Succeeded {
		return nil
	}
	return &fault.Error{Kind: v.Error.kind, Code: v.Error.Code, Message: v.Error.Message, VendorCode: v.Error.VendorCode, Charged: v.Charged}
}

// Page is one page of tasks, newest first.
type Page struct {
	Tasks []*View `json:"tasks"`
	Next  string  `json:"next,omitempty"` // cursor; empty on the last page
}

// Quote is what a request would select and cost.
type Quote struct {
	Model    string   `json:"model"`
	Vendor   string   `json:"vendor"`
	Count    int      `json:"count"` // images or videos
	Cost     Cost     `json:"cost"`
	Warnings []string `json:"warnings"`
}

// Model is an entry of the model catalogue.
type Model struct {
	ID        string               `json:"id"`
	Module    string               `json:"module"`
	Operation string               `json:"operation"` // task kind
	Title     string               `json:"title"`
	Doc       string               `json:"doc,omitempty"`
	Media     module.Media         `json:"media"`
	Path      string               `json:"path"` // "/api/gpt/generations"
	Tool      string               `json:"tool"`
	Default   bool                 `json:"default"`
	Retired   string               `json:"retired,omitempty"`
	Available bool                 `json:"available"` // a worker has a key for it, or the sandbox serves it
	Sandbox   bool                 `json:"sandbox"`
	Needs     string               `json:"needs,omitempty"` // the setting to set, when not available
	Prices    []provider.ListPrice `json:"prices"`
	Schema    json.RawMessage      `json:"schema,omitempty"`
}

// AssetView is a stored file as callers see it. Several fields repeat a value
// under the name that the replaced service used.
type AssetView struct {
	AssetID          string    `json:"asset_id"`
	ObjectName       string    `json:"object_name"`
	OriginalFilename string    `json:"original_filename"`
	FileSize         int64     `json:"file_size"`
	ContentType      string    `json:"content_type"`
	SHA256           string    `json:"sha256"`
	FileHash         string    `json:"file_hash"` // the same as SHA256
	Width            int       `json:"width"`
	Height           int       `json:"height"`
	FileURL          string    `json:"file_url"`
	DirectURL        string    `json:"direct_url"`
	AccessURL        string    `json:"access_url"`
	ImageURL         string    `json:"image_url"`
	UploadTime       time.Time `json:"upload_time"`
	Bucket           string    `json:"bucket"`
}

// Object is an open stored file.
type Object struct {
	io.ReadSeekCloser
	Name     string
	MIME     string
	Size     int64
	ETag     string
	Modified time.Time
	Inline   bool // a browser may display it in place; false for SVG and HTML
}

// Health is the state of the server and of each component.
type Health struct {
	Status     string               `json:"status"` // healthy, degraded, unhealthy
	Service    string               `json:"service"`
	Version    string               `json:"version"`
	Timestamp  time.Time            `json:"timestamp"`
	Components map[string]Component `json:"components"`
	Storage    Component            `json:"storage"` // the same as Components["storage"], where the replaced service had it
	Vendors    []VendorKeys         `json:"vendors"`
	Models     []string             `json:"supported_models"`
	Tasks      map[task.State]int   `json:"tasks,omitzero"` // number of open tasks by state; absent while the ledger is down
	Capacity   *Capacity            `json:"capacity"`
	Answers    *task.KeptTotals     `json:"kept_answers,omitempty"` // of vendors that were paid for and could not be used; absent while the ledger is down
	Uploads    []task.UploadUse     `json:"uploads,omitempty"`      // what each key stored today; only for admins
}

// VendorKeys is the state of a vendor's keys, as workers announced them.
type VendorKeys struct {
	Vendor    string     `json:"vendor"`
	Keys      int        `json:"keys"`
	Parked    int        `json:"parked"`            // keys that were refused or have no balance; they are probed again
	Code      string     `json:"code,omitempty"`    // why the last one was parked
	Until     *time.Time `json:"until,omitempty"`   // when it is probed or released next
	Running   int        `json:"max_running"`       // limit of running tasks of an account; 0: none
	PerMinute int        `json:"per_minute"`        // limit of submissions per minute; 0: none
	Sandbox   bool       `json:"sandbox,omitempty"` // the vendor is an imitation
}

// Component is the state of one part of the server.
type Component struct {
	Status string `json:"status"` // ok, degraded, down
	Detail string `json:"detail,omitempty"`
}
