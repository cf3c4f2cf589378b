package module

import (
	"encoding/json"
	"time"

	"aigc/app/provider"
)

// Module is one vertical.
type Module interface {
	Spec() Spec        // no side effects
	Mount(*Host) error // declares operations with [Add]
}

// Spec is what a module is, before anything is known of keys.
type Spec struct {
	Name  string // folder, package, setting prefix and `aigc generate` name; permanent
	Title string // "GPT Image"
	Doc   string // one sentence for the catalogue
}

// Kind is what an operation makes.
type Kind string

// The kinds. Video operations answer 202 unless a wait is asked.
const (
	Image Kind = "image"
	Video Kind = "video"
)

// Operation is one thing a module can do.
type Operation struct {
	Name  string   // "generations"; with the module's name it is the kind of task, permanent
	Paths []string // REST paths below /api; the first is the one documented, the others are aliases
	Tool  string   // MCP tool, permanent
	Kind  Kind
	Title string // "Draw a picture with GPT Image"
	Doc   string // what it does and when to choose it, for people and agents

	Models []Model // the first one that is not retired is the default
	Main   bool    // what `aigc generate <module>` and the generic route mean

	// Fanout names the input's count field ("n") where the vendor makes one
	// picture a submission: each picture becomes a task of its own.
	Fanout string
	// StatusPath is a GET route of the replaced service that reads a task by
	// our id or by the vendor's job name: "/veo3/official/status/".
	StatusPath string

	Submit   time.Duration // how long one submission may take; 5 min by default
	Deadline time.Duration // from the ticket on; 30 min by default
	Pace     Pace
}

// Pace is how often a vendor wants to be asked. Against the sandbox all of it
// shrinks twentyfold.
type Pace struct {
	First time.Duration // after the ticket
	Every time.Duration
}

// Model is one row of an operation's model table.
type Model struct {
	ID      string // the vendor's id
	Title   string
	Doc     string
	Retired string // "2026-10-23": from that day on (UTC) the default is used instead, with a warning
	Aliases []string
	Prices  []Price // list prices, for the catalogue
}

// Gone says whether the vendor has shut the model down.
func (m Model) Gone() bool {
	return m.Retired != "" && time.Now().UTC().Format(time.DateOnly) >= m.Retired
}

// Price is one list price.
type Price struct {
	Per  string  `json:"per"` // "image", "second", "megapixel"
	USD  float64 `json:"usd"`
	When string  `json:"when,omitempty"` // "quality=high, 1024x1024"
}

// Plan is what would be done with an input: pure, made when the task is
// accepted and again by whoever submits it.
type Plan struct {
	Pictures int             // how many results are asked for; 1 if zero
	Quote    *provider.Money // for all of them; nil where no price is known
	Warnings []string        // fields the model cannot honour, values brought to the nearest possible
}

// Planner is implemented by an input that knows what a model makes of it.
type Planner interface {
	Plan(model string) Plan
}

// Checker is implemented by an input with rules a schema cannot say. It
// reports all faults at once.
type Checker interface {
	Check(model string) []Fault
}

// Fault is one fault of an input; Field is a JSON path within it ("size").
type Fault struct{ Field, Message string }

// Raw is an input as stored: canonical JSON.
type Raw = json.RawMessage
