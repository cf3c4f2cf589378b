package module

import (
	"time"

	"aigc/app/provider"
)

// Module is one vertical, made by [Define].
type Module struct {
	spec       Spec
	operations []Declaration
}

// Define makes a module of what it is and what it can do. It has no side
// effects: a module is a value.
func Define(spec Spec, operations ...Declaration) Module {
	return Module{spec: spec, operations: operations}
}

// Spec is what the module is.
func (m Module) Spec() Spec { return m.spec }

// Spec is what a module is, before anything is known of keys.
type Spec struct {
	Name  string // folder, package, setting prefix and `aigc generate` name; permanent
	Title string // "GPT Image"
	Doc   string // one sentence for the catalogue
}

// Media is what an operation makes.
type Media string

// The kinds. Video operations answer 202 unless a wait is asked.
const (
	Image Media = "image"
	Video Media = "video"
)

// Operation is what callers see of one thing a module can do. How it is done,
// and by whom, is said by its routes.
type Operation struct {
	Name    string   // "generations"; with the module's name it is the kind of task, permanent
	Paths   []string // REST paths below /api; the first is the one documented, the others are aliases
	Tool    string   // MCP tool, permanent
	Media   Media
	Title   string // "Draw an image with GPT Image"
	Doc     string // what it does and when to choose it, for people and agents
	Primary bool   // what `aigc generate <module>` and the generic route mean
	// StatusPath is a GET route of the replaced service that reads a task by
	// our id or by the vendor's job name: "/veo3/official/status/".
	StatusPath string
}

// Model is one row of a route's model table.
type Model struct {
	ID      string // the vendor's id
	Title   string
	Doc     string
	Retired string // "2026-10-23": from that day on (UTC) the default is used instead, with a warning
	Aliases []string
	Prices  []provider.Price // the vendor's list; see [provider.Cost]
}

// IsRetired says whether the vendor has shut the model down.
func (m Model) IsRetired() bool {
	return m.Retired != "" && time.Now().UTC().Format(time.DateOnly) >= m.Retired
}

// Target is who does a task, and with which model: decided once, by [Select],
// when the task is accepted.
type Target struct {
	Vendor  string           // Vendor.Name
	BaseURL string           // of the account, where one is known: some vendors bill by it
	Model   string           // the vendor's id
	Prices  []provider.Price // the model's list; nil where nobody here knows one
}

// Cost is what quantities come to by the target's list; see [provider.Cost].
func (t Target) Cost(facts map[string]string, quantities ...provider.Quantity) *provider.Money {
	return provider.Cost(t.Prices, facts, quantities...)
}

// Plan is what would be done with an input: pure, made when the task is
// accepted.
type Plan struct {
	Count    int             // how many results are asked for; 1 if zero
	Quote    *provider.Money // for all of them; nil where no price is known
	Warnings []string        // fields the model cannot honour, values rounded to the nearest possible
}

// Planner is implemented by a driver that knows what its vendor makes of an
// input. It is the driver's and not the input's, since two vendors that share
// an input plan it differently.
type Planner[In any] interface {
	Plan(in In, t Target) Plan
}

// Checker is implemented by a driver whose vendor has rules that a schema
// cannot say. It reports all faults at once.
type Checker[In any] interface {
	Check(in In, t Target) []FieldError
}

// FieldError is one fault of an input; Field is a JSON path within it ("size").
type FieldError struct{ Field, Message string }
