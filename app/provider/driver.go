package provider

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"aigc/app/fault"
)

// Call holds what a driver needs for one request of a task: submit, poll, cancel, find
// or fetch.
type Call struct {
	Task    string        // the task's id; sent as client request id, for the vendor's support
	Submit  string        // id of this submission of the task; a retry gets a new one
	Model   string        // the vendor's model id
	Account Account       // base URL and key
	HTTP    *Client       // for every request to the vendor; see [Client.Do]
	Inputs  AssetOpener   // opens the images and videos that an input names
	Age     time.Duration // since the ticket was recorded; zero before

	Prices func(model string) []Price // the route's price list of a model; nil: no price is known
}

// Cost is the list price of quantities of a model; nil if it is not known. See [Cost].
func (c Call) Cost(model string, facts map[string]string, quantities ...Quantity) *Money {
	if c.Prices == nil {
		return nil
	}
	return Cost(c.Prices(model), facts, quantities...)
}

// Driver is implemented for a vendor that gives a ticket and is polled for the result.
type Driver[In any] interface {
	// Submit sends one paid request. For its errors see the package's comment.
	Submit(ctx context.Context, c Call, in In) (Ticket, error)
	// Poll asks for the state of a job. It costs nothing and can be repeated. An error
	// means that the request failed, not the job. The zero Update means "still running".
	Poll(ctx context.Context, c Call, t Ticket) (Update, error)
}

// Generator is implemented for a vendor that answers a paid request with the result.
type Generator[In any] interface {
	// Generate sends one paid request. For its errors see the package's comment.
	Generate(ctx context.Context, c Call, in In) (Answer, error)
}

// MixedDriver is implemented for a host of which some models or accounts give a ticket
// and others answer with the result.
type MixedDriver[In any] interface {
	// Submit sends one paid request. Without an error the outcome has a ticket or an
	// answer. For its errors see the package's comment.
	Submit(ctx context.Context, c Call, in In) (Outcome, error)
	// Poll asks for the state of a job, see [Driver].
	Poll(ctx context.Context, c Call, t Ticket) (Update, error)
}

// Finder is implemented by a driver that can look up a submission whose answer was lost.
// If nothing is found it returns the zero Outcome and no error; that does not prove
// that the submission was not executed.
type Finder interface {
	Find(ctx context.Context, c Call) (Outcome, error)
}

// Fetcher is implemented by a driver whose results are at URLs that need the key.
type Fetcher interface {
	// Fetch streams the result at url to w.
	Fetch(ctx context.Context, c Call, url string, w io.Writer) error
	// Handles reports whether Fetch is to be used for url. Any other is fetched without
	// the key.
	Handles(c Call, url string) bool
}

// Canceler is implemented by a driver that can ask the vendor to cancel a job. Whether
// the job was canceled is learnt by polling.
type Canceler interface {
	Cancel(ctx context.Context, c Call, t Ticket) error
}

// Outcome is what became of a submission: a ticket to poll, or the answer itself.
type Outcome struct {
	Ticket *Ticket
	Answer *Answer
}

// Ticket identifies a job at the vendor. It is stored with the task.
type Ticket struct {
	ID      string          `json:"id"`                // the vendor's job or operation name
	URL     string          `json:"url,omitempty"`     // where to poll, if the vendor gives an address
	Charged fault.Charge    `json:"charged,omitempty"` // empty: not known until the job ends
	Cost    *Money          `json:"cost,omitempty"`    // if the vendor gives it with the ticket
	Data    json.RawMessage `json:"data,omitempty"`    // anything else the driver needs to poll
	At      time.Time       `json:"at,omitzero"`       // when it was recorded, by the ledger's clock; set by the host
}

// JobNotFound is the code of a fault of Poll: the vendor does not know the job any
// more. The task fails, but keeps its ticket, so that it can be resumed.
const JobNotFound = "job_not_found"

// Phase is the state of a job.
type Phase int

// The phases. A status that the vendor does not document is Wait.
const (
	Wait     Phase = iota // queued or running, or an unknown status
	Done                  // Update.Answer is the result
	Failed                // Update.Err is the reason, with Charged as documented
	Canceled              // the vendor reports the job as canceled
)

// Update is the answer to a poll.
type Update struct {
	Phase    Phase
	Progress float64       // 0 to 1; zero if the vendor does not report it
	Message  string        // for people; never a prompt
	Answer   Answer        // if Phase is Done
	Err      *fault.Error  // if Phase is Failed
	Cost     *Money        // if Phase is Failed and the vendor reports what it charged; nil: the quote is used
	After    time.Duration // until the next poll; zero: the interval of the route

	// Ticket replaces the stored ticket if Phase is Wait, with what the poll learnt about
	// polling; its ID must stay the same. Nil: unchanged.
	Ticket *Ticket
}

// Answer is a complete result as the vendor sent it.
type Answer struct {
	Results  []Result        `json:"results"`
	Model    string          `json:"model,omitempty"`     // that the vendor reports
	VendorID string          `json:"vendor_id,omitempty"` // of the request or job, for the vendor's support
	Usage    json.RawMessage `json:"usage,omitempty"`     // as the vendor reports it
	Cost     *Money          `json:"cost,omitempty"`      // actual cost: reported by the vendor, or computed from its usage; nil: the quote is used
	NoCost   bool            `json:"no_cost,omitempty"`   // the actual cost is not known, and is not the quote
	Warnings []string        `json:"warnings,omitempty"`
}

// Result is one image or video of an answer: its bytes or its URL.
type Result struct {
	Base64  string `json:"base64,omitempty"` // base64, or the placeholder of bytes extracted from the answer, see package jsonblob
	URL     string `json:"url,omitempty"`    // fetched at once, because vendors' URLs expire
	Prompt  string `json:"prompt,omitempty"` // as the vendor rewrote it
	Seed    *int64 `json:"seed,omitempty"`
	Size    string `json:"size,omitempty"` // WIDTHxHEIGHT as requested, of a vendor that may ignore it: a file of another size gets a warning
	Warning string `json:"warning,omitempty"`
}

// ImageRef names an image or video in an input. Callers send an http(s) URL, a data
// URL, base64 or the id of an asset. Before the driver is called it is replaced by the
// id of a stored asset, which [AssetOpener] opens.
type ImageRef string

// AssetOpener opens stored assets.
type AssetOpener interface {
	Open(ctx context.Context, img ImageRef) (Input, error)
}

// Input is a stored image or video of a caller.
type Input struct {
	Name   string // a file name with the right extension
	MIME   string
	Size   int64 // bytes
	SHA256 string
	URL    string // that the vendor can fetch without a key; empty if this server has no public URL or keeps its links private
	Width  int    // pixels, as the image is shown; 0 if not known
	Height int
	Open   func() (io.ReadCloser, error)
	Image  ImageFile // nil if it is no image, or its file cannot be looked into
}

// ImageFile is the file of an input image, as far as a driver needs more of it than its
// bytes. The errors are faults, of kind Invalid with the end of a sentence as the message
// if the image is at fault ("is too large …").
type ImageFile interface {
	Turned() (bool, error)   // it is shown otherwise than it is stored, by its EXIF orientation
	Alpha() (Alpha, error)   // what it has of transparency; the image may be decoded
	Upright() (Input, error) // a copy that is stored as it is shown: a JPEG of a JPEG, else a PNG
}

// Alpha is what an image has of transparency.
type Alpha struct {
	Channel     bool // it has an alpha channel, or transparent colors
	Transparent bool // at least one pixel is not opaque
}
