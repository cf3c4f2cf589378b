package provider

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"aigc/app/fault"
)

// Call is one step of one submission: everything a driver may know of it.
type Call struct {
	Task    string        // our id; sent as a client request id, so that support can find it
	Submit  string        // fresh for every submission of the task
	Model   string        // the vendor's model id
	Account Account       // whose money, and where
	HTTP    *Client       // the only way out; see [Client.JSON]
	Inputs  AssetOpener   // opens the pictures and films an input names
	Age     time.Duration // since the ticket was given; zero before

	Prices func(model string) []Price // the route's price list of a model; nil where nobody knows one
}

// Cost is what quantities of a model come to by the route's list; see [Cost].
func (c Call) Cost(model string, facts map[string]string, quantities ...Quantity) *Money {
	if c.Prices == nil {
		return nil
	}
	return Cost(c.Prices(model), facts, quantities...)
}

// Driver is a vendor that takes a job and is asked for it later.
type Driver[In any] interface {
	// Submit sends one paid request. See the package's rule for errors.
	Submit(ctx context.Context, c Call, in In) (Ticket, error)
	// Poll asks for the job; free and repeatable. An error means that the
	// asking failed, not the job. The zero Update means "wait".
	Poll(ctx context.Context, c Call, t Ticket) (Update, error)
}

// Generator is a vendor that answers a paid request with the result.
type Generator[In any] interface {
	Generate(ctx context.Context, c Call, in In) (Answer, error)
}

// Finder can look up a submission whose answer was lost. Finding nothing is
// (zero Found, nil): it proves nothing.
type Finder interface {
	Find(ctx context.Context, c Call) (LookupResult, error)
}

// Fetcher fetches results whose address needs the key.
type Fetcher interface {
	// Fetch streams the result at url to w; handles reports which addresses are its.
	Fetch(ctx context.Context, c Call, url string, w io.Writer) error
	Handles(c Call, url string) bool
}

// Canceler can ask the vendor to stop a job. What became of it is learnt by polling.
type Canceler interface {
	Cancel(ctx context.Context, c Call, t Ticket) error
}

// LookupResult is what a look-up brought: a ticket to poll, or the answer itself.
type LookupResult struct {
	Ticket *Ticket
	Answer *Answer
}

// Ticket is what a vendor gave to find the job again.
type Ticket struct {
	ID      string          `json:"id"`                // the vendor's job or operation name
	URL     string          `json:"url,omitempty"`     // where to poll, if the vendor says
	Charged fault.Charge    `json:"charged,omitempty"` // empty: unknown until the end
	Cost    *Money          `json:"cost,omitempty"`    // if the vendor says it with the ticket
	Data    json.RawMessage `json:"data,omitempty"`    // anything else the driver needs to poll
	At      time.Time       `json:"at,omitzero"`       // when it was recorded, by the ledger's clock; set by the host
}

// JobNotFound is the code of a fault by which a driver says that the vendor does
// not know the job any more. The ticket is kept, and the task can be resumed.
const JobNotFound = "job_not_found"

// Phase is what a poll learnt.
type Phase int

// The phases. A vendor status we do not know is Wait.
const (
	Wait     Phase = iota // still under way, or a status nobody has told us about
	Done                  // Update.Answer holds the result
	Failed                // Update.Err says why: the vendor failed or refused; its Charged as the sheet says
	Canceled              // the vendor says that the job was cancelled
)

// Update is the answer of a poll.
type Update struct {
	Phase    Phase
	Progress float64 // 0 to 1, zero where the vendor does not say
	Message  string  // for people; never a prompt
	Answer   Answer
	Err      *fault.Error
	After    time.Duration // when to ask again; zero: as the operation says
}

// Answer is a complete result as the vendor gave it.
type Answer struct {
	Results  []Result        `json:"results"`
	Model    string          `json:"model,omitempty"`     // what the vendor says it used
	VendorID string          `json:"vendor_id,omitempty"` // its id, for support
	Usage    json.RawMessage `json:"usage,omitempty"`     // its own words on consumption
	Cost     *Money          `json:"cost,omitempty"`      // if it says so
	NoCost   bool            `json:"no_cost,omitempty"`   // nobody can say what it cost, and the quote is not it
	Warnings []string        `json:"warnings,omitempty"`
}

// Result is one picture or film of an answer: bytes or an address.
type Result struct {
	Base64  string `json:"base64,omitempty"` // base64, or the filter's reference to bytes lifted out of the answer
	URL     string `json:"url,omitempty"`    // fetched at once: vendors' addresses die
	Prompt  string `json:"prompt,omitempty"` // as the vendor rewrote it
	Seed    *int64 `json:"seed,omitempty"`
	Warning string `json:"warning,omitempty"`
}

// ImageRef names a picture or film in an input. Callers write an http(s) URL, a
// data URL, base64 or an asset id; a driver only ever sees the id of a stored
// asset and opens it with [AssetOpener].
type ImageRef string

// AssetOpener opens what an input names.
type AssetOpener interface {
	Open(ctx context.Context, img ImageRef) (Input, error)
}

// Input is a stored picture or film of a caller.
type Input struct {
	Name   string // a file name with the right extension
	MIME   string
	Size   int64
	SHA256 string
	URL    string // where others can fetch it without a key; empty where this server cannot be reached, or keeps its links private
	Width  int
	Height int
	Open   func() (io.ReadCloser, error)
}
