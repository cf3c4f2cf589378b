package service

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/schema"
	"aigc/app/task"
)

// API is everything a face may ask for, by what it is about. Errors are faults.
type API interface {
	Access
	Catalog
	Tasks
	Assets
	Status
}

// Access decides who may ask, and how often.
type Access interface {
	// Authenticate finds the caller of a key. An empty key is let in only where
	// the server is open (loopback address and no keys).
	Authenticate(ctx context.Context, key string) (Caller, error)
	// Allow counts a request against the caller's rate; a fault of kind Throttled.
	Allow(ctx context.Context, c Caller) error
}

// Catalog says what can be asked for, and at what price.
type Catalog interface {
	Operations() []Operation                             // in order
	Operation(kind string) (Operation, bool)             // by kind of task
	OperationFor(model string) (Operation, bool)         // the generic route: the model decides; "" and "auto": the first
	Models(ctx context.Context) []Model                  // all of them, with their prices
	Quote(ctx context.Context, r Request) (Quote, error) // what Create would do, for nothing
}

// Tasks are the generations: accepting, reading, and what a person decides.
type Tasks interface {
	// Create accepts a request and returns at once, or waits as Request.Wait says:
	// that is all that ctx ends. A replay of the same idempotency key returns the
	// earlier task and true.
	Create(ctx context.Context, r Request) (*View, bool, error)
	// Wait returns when the task is settled, or as it stands after d, when ctx
	// ends, or when the server is about to stop.
	Wait(ctx context.Context, c Caller, id string, d time.Duration) (*View, error)
	Get(ctx context.Context, c Caller, id string) (*View, error)
	ByTicket(ctx context.Context, c Caller, module, ticket string) (*View, error) // by the vendor's job name
	List(ctx context.Context, c Caller, q task.Query) (Page, error)
	Cancel(ctx context.Context, c Caller, id string) (*View, string, error) // says which: canceled, vendor_told, too_late
	Retry(ctx context.Context, c Caller, id string) (*View, error)          // the new task, a new purchase
	Resume(ctx context.Context, c Caller, id string) (*View, error)
	Discard(ctx context.Context, c Caller, id string) (*View, error)
	Events(ctx context.Context, c Caller, id string, after int64) ([]task.Event, error)
	// Watch wakes the channel after every change of the task until ctx ends.
	Watch(ctx context.Context, id string) <-chan struct{}
}

// Assets are stored files, and files on their way in.
type Assets interface {
	// NewUpload stores bytes that a face lifted out of a body as it streamed in, and
	// returns a reference good for one Create by anybody who knows it.
	// Drop forgets references that were not used.
	NewUpload(ctx context.Context) (Upload, error)
	DiscardUploads(refs ...string)

	Upload(ctx context.Context, c Caller, name string, r io.Reader) (*AssetView, error) // 50 MB, sniffed
	// UploadFrom stores what value names: a URL, a data URL, base64, a Lift
	// reference; an asset of the caller's is returned as it is.
	UploadFrom(ctx context.Context, c Caller, name, value string) (*AssetView, error)
	// Open opens an object by its name. Without AIGC_PRIVATE_LINKS the name is
	// the permission and c is not looked at.
	Open(ctx context.Context, c Caller, object string) (*Object, error)
	Thumbnail(ctx context.Context, c Caller, assetID string, maxBytes int) ([]byte, error) // JPEG; nil, nil while there is none
}

// Status says how the server is.
type Status interface {
	Health(ctx context.Context) Health // component by component
	Ready(ctx context.Context) error   // whether it can take requests
}

// Caller is who asks, after authentication.
type Caller struct {
	Name  string // the key's name; "local" on an open server
	Admin bool   // sees everybody's tasks and assets
}

// Operation is a declared operation with its compiled schema.
type Operation struct {
	*module.Registered
	Schema *schema.Schema
}

// Request asks for a generation.
type Request struct {
	Operation      Operation
	Input          json.RawMessage // a JSON object as sent; references of Lift in it are resolved
	Caller         Caller
	IdempotencyKey string
	SDKRetry       bool          // a stock SDK says that it repeats itself (x-stainless-retry-count ≥ 1)
	Tags           []string      // labels of the caller, for filters
	Wait           time.Duration // how long to wait for the end; see API.Wait
}

// Upload is a file being received.
type Upload interface {
	io.WriteCloser
	Placeholder() string // put this text where the bytes were
	Abort() error        // forget it
}

// View is a task as callers see it: `data` of the envelope.
type View struct {
	TaskID    string          `json:"task_id"`
	Status    task.State      `json:"status" enum:"queued,submitting,running,storing,succeeded,in_doubt,failed,canceled"`
	Progress  float64         `json:"progress"`
	Message   string          `json:"message,omitempty"`
	Created   int64           `json:"created"` // unix seconds
	Data      []ResultView    `json:"data"`
	Kind      string          `json:"kind"` // "gpt.generations"
	Model     string          `json:"model"`
	Cost      Cost            `json:"cost"`
	Charged   fault.Charge    `json:"charged" enum:"no,yes,unknown"`
	Usage     json.RawMessage `json:"usage,omitempty"`
	Warnings  []string        `json:"warnings"`
	Sandbox   bool            `json:"sandbox"`
	Group     *GroupView      `json:"group"`
	Error     *ErrorView      `json:"error"`
	Tags      []string        `json:"tags,omitempty"`
	RetryOf   string          `json:"retry_of,omitempty"`
	RetriedAs string          `json:"retried_as,omitempty"`
	Media     module.Media    `json:"media" enum:"image,video"`
	Vendor    string          `json:"vendor,omitempty"`
	VendorID  string          `json:"vendor_id,omitempty"` // the vendor's name of the job
	Finished  int64           `json:"finished,omitempty"`
}

// ResultView is one picture or film of a task.
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

// Cost says what was quoted and what was paid; null where nobody knows.
type Cost struct {
	Quoted   *float64 `json:"quoted"`
	Actual   *float64 `json:"actual"`
	Currency string   `json:"currency"`
}

// GroupView is a group's part of a view.
type GroupView struct {
	Children []string `json:"children"` // task ids in order
}

// ErrorView is why a task stands where it stands.
type ErrorView struct {
	Code       string `json:"code"`
	Message    string `json:"message"`
	VendorCode string `json:"vendor_code,omitempty"`
	Retryable  bool   `json:"retryable"`
	kind       fault.Kind
}

// NewErrorView shows a stored error; nil for none.
func NewErrorView(e *task.Error) *ErrorView {
	if e == nil {
		return nil
	}
	return &ErrorView{Code: e.Code, Message: e.Message, VendorCode: e.VendorCode, Retryable: e.Retryable, kind: e.Kind}
}

// Fault is the failure of a view as a fault, for faces that answer a failed
// task with an error; nil unless the task failed or was canceled.
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

// Quote says what a request would do and cost.
type Quote struct {
	Model    string   `json:"model"`
	Vendor   string   `json:"vendor"`
	Count    int      `json:"pictures"`
	Cost     Cost     `json:"cost"`
	Warnings []string `json:"warnings"`
}

// Model is an entry of the catalogue.
type Model struct {
	ID        string               `json:"id"`
	Module    string               `json:"module"`
	Operation string               `json:"operation"` // kind of task
	Title     string               `json:"title"`
	Doc       string               `json:"doc,omitempty"`
	Media     module.Media         `json:"media"`
	Path      string               `json:"path"` // "/api/gpt/generations"
	Tool      string               `json:"tool"`
	Default   bool                 `json:"default"`
	Retired   string               `json:"retired,omitempty"`
	Available bool                 `json:"available"` // a vendor's key, or the sandbox, is there
	Sandbox   bool                 `json:"sandbox"`
	Needs     string               `json:"needs,omitempty"` // the variable to set, when not available
	Prices    []provider.ListPrice `json:"prices"`
	Schema    json.RawMessage      `json:"schema,omitempty"`
}

// AssetView is a stored file as callers see it; the names of the replaced
// service stand beside ours.
type AssetView struct {
	AssetID          string    `json:"asset_id"`
	ObjectName       string    `json:"object_name"`
	OriginalFilename string    `json:"original_filename"`
	FileSize         int64     `json:"file_size"`
	ContentType      string    `json:"content_type"`
	SHA256           string    `json:"sha256"`
	FileHash         string    `json:"file_hash"` // sha256 again, under the old name
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
	Inline   bool // may be shown by a browser; never for SVG or HTML
}

// Health is the state of every part, honestly.
type Health struct {
	Status     string               `json:"status"` // healthy, degraded, unhealthy
	Service    string               `json:"service"`
	Version    string               `json:"version"`
	Timestamp  time.Time            `json:"timestamp"`
	Components map[string]Component `json:"components"`
	Storage    Component            `json:"storage"` // that of the components, where the replaced service had it
	Models     []string             `json:"supported_models"`
	Tasks      map[task.State]int   `json:"tasks"` // that have not ended, by state
}

// Component is one part of the service.
type Component struct {
	Status string `json:"status"` // ok, degraded, down
	Detail string `json:"detail,omitempty"`
}
