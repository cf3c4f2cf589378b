package service

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"aigc/app/module"
	"aigc/app/schema"
	"aigc/app/task"
)

// API is everything that REST and MCP can ask for. All errors are faults;
// see package fault.
type API interface {
	Access
	Catalog
	Tasks
	Assets
	Status
}

// Access authenticates callers and limits their request rate.
type Access interface {
	// Authenticate returns the caller that a key belongs to. An empty key is
	// accepted only where the server is open: there never was a key, and only this
	// machine reaches it.
	Authenticate(ctx context.Context, key string) (Caller, error)
	// Allow counts a request against the caller's rate limit. Over the limit it
	// returns a fault of kind Throttled.
	Allow(ctx context.Context, c Caller) error
}

// KeyAdmin lists and changes callers' keys, for admins. MCP has no tools for it.
type KeyAdmin interface {
	ListKeys(ctx context.Context) ([]KeyView, error)
	AddKey(ctx context.Context, name string, admin bool) (*NewKey, error)
	RevokeKey(ctx context.Context, name string) (*KeysLeft, error)
}

// Catalog lists operations, models and prices.
type Catalog interface {
	Operations() []Operation                 // in the order of registration
	Operation(kind string) (Operation, bool) // by task kind, such as "gpt.generations"
	// OperationFor returns the operation for a model, for routes that serve every
	// module, and the id to request of it, which is empty for the default model. A model
	// is "module", an id or alias of the first module that has it, or "module/id"; ""
	// and "auto" mean the default operation.
	OperationFor(model string) (op Operation, id string, ok bool)
	Models(ctx context.Context) []Model
	// Quote returns what Create would select and what it would cost. It stores
	// and sends nothing.
	Quote(ctx context.Context, r Request) (Quote, error)
}

// Tasks creates, reads and changes tasks.
type Tasks interface {
	// Create accepts a request, then waits up to Request.Wait for the result. The
	// end of ctx ends only the wait: an accepted task goes on. If the request
	// repeats an earlier one (same idempotency key, or an SDK's retry), it returns
	// the earlier task and true. If it joins the task of an equal request whose caller
	// was not answered, the view says Joined.
	Create(ctx context.Context, r Request) (*View, bool, error)
	// Wait returns the task once it is done or in doubt; earlier, in its current
	// state, after d, when ctx ends, or when the server drains.
	Wait(ctx context.Context, c Caller, id string, d time.Duration) (*View, error)
	Get(ctx context.Context, c Caller, id string) (*View, error)
	ByTicket(ctx context.Context, c Caller, module, ticket string) (*View, error) // by the vendor's job id
	List(ctx context.Context, c Caller, q task.Query) (Page, error)
	// Cancel returns the task and one of CancelDone, CancelVendorNotified and
	// CancelTooLate.
	Cancel(ctx context.Context, c Caller, id string) (*View, string, error)
	// Retry submits a failed or doubtful task again, as a new task and a new
	// purchase, and returns the new task. A second call returns the same one.
	Retry(ctx context.Context, c Caller, id string) (*View, error)
	// Resume polls the vendor again, for free, for a task that missed its deadline
	// or whose job the vendor did not find, if its ticket is kept.
	Resume(ctx context.Context, c Caller, id string) (*View, error)
	// Discard closes a task in doubt as failed; also one that is storing, once its
	// result could not be read or stored for an hour.
	Discard(ctx context.Context, c Caller, id string) (*View, error)
	// Events returns the task's events with a sequence number above after.
	Events(ctx context.Context, c Caller, id string, after int64) ([]task.Event, error)
	// Answer opens the answer of the vendor that is kept because it was paid for and
	// could not be used; of a group, that of the only child that has one.
	Answer(ctx context.Context, c Caller, id string) (*Object, error)
	// DeleteAnswer deletes what Answer opens.
	DeleteAnswer(ctx context.Context, c Caller, id string) error
	// Delivers says that the response of d has the task v for its caller. If v has
	// ended and c owns it, its next equal request is a new purchase, once the response
	// was delivered.
	Delivers(c Caller, v *View, d Delivery)
	// ConfirmAnswer says that the answer about a task has reached the caller, who
	// sent the request through a bridge.
	ConfirmAnswer(ctx context.Context, c Caller, id string) error
	// Watch returns a channel that receives after every change of the task,
	// progress included, until ctx ends. Several changes may be one receive.
	Watch(ctx context.Context, id string) <-chan struct{}
}

// Assets stores and opens files.
type Assets interface {
	// NewUpload begins a temporary file for bytes that are extracted from a
	// request body while it streams in. Its Placeholder, put where the bytes
	// were, is accepted by one Create or UploadFrom.
	NewUpload(ctx context.Context) (Upload, error)
	// DiscardUploads deletes the files of placeholders that were not used.
	DiscardUploads(refs ...string)

	// Upload stores a file of at most 50 MB. Its type is sniffed from its bytes.
	Upload(ctx context.Context, c Caller, name string, r io.Reader) (*AssetView, error)
	// UploadFrom stores the file that value refers to: a URL, a data URL, base64
	// or a placeholder of NewUpload. An asset id or link of the caller's own is
	// returned unchanged.
	UploadFrom(ctx context.Context, c Caller, name, value string) (*AssetView, error)
	// Open opens an object by its name. The name cannot be guessed and is the
	// only permission needed, unless AIGC_PRIVATE_LINKS is set: then c must be
	// the owner or an admin.
	Open(ctx context.Context, c Caller, object string) (*Object, error)
	// Thumbnail returns a JPEG of at most maxBytes; nil, nil if there is none yet. If
	// none can be made, the error is a fault of kind NotFound.
	Thumbnail(ctx context.Context, c Caller, assetID string, maxBytes int) ([]byte, error)
}

// Status reports the server's health.
type Status interface {
	Health(ctx context.Context) Health // each component's state
	Ready(ctx context.Context) error   // nil if requests can be accepted and tasks bought
	// Inspect returns what runs and what waits; for admins only.
	Inspect(ctx context.Context) (*Inspection, error)
	// UploadUse is what each key stored today (UTC), of its quota; for admins only.
	UploadUse(ctx context.Context) ([]task.UploadUse, error)
}

// Caller is the authenticated caller of a request.
type Caller struct {
	Name  string // the key's name; "local" on an open server
	Admin bool   // sees and changes all callers' tasks and assets
}

// Operation is a declared operation with its compiled schema.
type Operation struct {
	*module.Registered
	Schema *schema.Schema
}

// Request asks for a generation.
type Request struct {
	Operation      Operation
	Input          json.RawMessage // a JSON object as sent; placeholders of NewUpload are accepted as images
	Caller         Caller
	IdempotencyKey string        // at most 255 bytes; empty: none
	SDKRetry       bool          // the client library marked this as its own retry (x-stainless-retry-count ≥ 1)
	RequestID      string        // by which the log lines about the task are found
	Tags           []string      // the caller's labels, for filters
	Warnings       []string      // of the face, on what it left out of Input
	Wait           time.Duration // how long Create waits for the result; 0: not at all
	Parsed         func()        // called once Input is not needed any more; nil: not at all

	Begun       time.Time // when the request began
	Delivery    Delivery  // of the response; nil: not known, and the task is never joined
	NoJoin      bool      // a new purchase, also if an equal request was not answered
	JoinWithKey bool      // join although there is an idempotency key, which the client made for its own retries
	Follow      bool      // the caller polls the task; an answer before its end is not yet the answer
}

// Delivery is the response to a request.
type Delivery interface {
	// Notify registers functions of which begin is called before the first byte of
	// the response is written, and end after its last one: delivered says whether it
	// was written wholly, to an open connection. If the caller has left, end alone is
	// called. confirmed says that the caller confirms the answer by ConfirmAnswer, and
	// end is called only if it does not.
	Notify(begin func(confirmed bool), end func(delivered bool))
}

// Upload is a file being received. Writing more than 50 MB is an error.
type Upload interface {
	io.WriteCloser
	Placeholder() string // the text to put where the bytes were
	Abort() error        // delete the file
	Fail(err error)      // delete the file; who uses the placeholder gets err, with the field's name
}
