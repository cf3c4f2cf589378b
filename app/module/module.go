package module

import (
	"slices"
	"time"

	"aigc/app/provider"
)

// Module is a set of operations under one name, made by [Define].
type Module struct {
	spec       Spec
	operations []Declaration
}

// Define makes a module. It has no side effects.
func Define(spec Spec, operations ...Declaration) Module {
	return Module{spec: spec, operations: operations}
}

// Spec is the module's description.
func (m Module) Spec() Spec { return m.spec }

// Spec describes a module. It does not depend on settings or keys.
type Spec struct {
	Name  string // folder, package, prefix of settings and name in `aigc generate`: "gpt"; permanent
	Title string // for people: "GPT Image"
	Doc   string // one sentence for the model catalogue
}

// Media is the type of result of an operation.
type Media string

// The types of result. Requests for a video answer 202 with a task id unless the
// caller asks to wait.
const (
	Image Media = "image"
	Video Media = "video"
)

// Operation is the part of a declaration that callers see. Vendors, models and
// drivers are in its routes.
type Operation struct {
	Name    string   // "generations"; "gpt.generations" is the kind of task; permanent
	Paths   []string // REST paths below /api; the first is documented, the others are aliases
	Tool    string   // MCP tool, permanent
	Media   Media
	Title   string // "Draw an image with GPT Image"
	Doc     string // what it does and when to choose it, for people and agents
	Primary bool   // the operation that `aigc generate <module>` runs, and whose tool is listed
	// WithImages names the module's operation that runs instead when a call of the
	// tool has input images: "edits". Both operations' fields are then arguments of
	// this tool, and the other operation's own tool is not listed. Usually empty.
	WithImages string
	// StatusPath is a GET route kept from the service that aigc replaced; it reads a
	// task by our id or by the vendor's job name: "/veo3/official/status/". Usually
	// empty.
	StatusPath string
	// TaskPath is another such route, with the id in the query: "/veo3/task" reads
	// /veo3/task?id=. Usually empty.
	TaskPath string
}

// Model is one row of a route's model table.
type Model struct {
	ID      string           // the vendor's model id
	Title   string           // for people
	Doc     string           // one sentence for the model catalogue
	Retired string           // "2026-10-23": from that day on (UTC) the default model is used instead, with a warning
	Aliases []string         // other ids that callers may use
	Prices  []provider.Price // the vendor's price list; see [provider.Cost]
	Running int              // limit of running tasks of this model in one account, below the vendor's; 0: none
}

// IsRetired reports whether the vendor has shut the model down by today (UTC).
func (m Model) IsRetired() bool {
	return m.Retired != "" && time.Now().UTC().Format(time.DateOnly) >= m.Retired
}

// WithoutPrices is a table of models for another host than that of the vendor's price
// list, which sets its own prices.
func WithoutPrices(models []Model) []Model {
	out := slices.Clone(models)
	for i := range out {
		out[i].Prices = nil
	}
	return out
}

// Target is the vendor and the model of a task. [Select] decides it once, when the
// task is created.
type Target struct {
	Vendor  string           // Vendor.Name
	BaseURL string           // of the account; some vendors' prices depend on it; empty where no account is selected
	Model   string           // the vendor's model id
	Prices  []provider.Price // the model's price list; nil: no price is known
}

// Cost is the list price of quantities of the target's model; see [provider.Cost].
func (t Target) Cost(facts map[string]string, quantities ...provider.Quantity) *provider.Money {
	return provider.Cost(t.Prices, facts, quantities...)
}

// Plan is what a driver computes from an input without sending anything. It is
// made when the task is created, and for a quote.
type Plan struct {
	Count    int             // number of results requested; 0 means 1
	Quote    *provider.Money // list price of all results; nil: no price is known
	Warnings []string        // ignored fields and values rounded to the nearest supported one; see [provider.Notes]

	// PerRequest is the maximum number of results that one request makes of the model,
	// where the route has a CountField; 0 means 1.
	PerRequest int

	// RandomSeed is set if the input has no fixed seed, for instance if 0 means a random
	// one: then each request of several is sent the seed of the input unchanged.
	RandomSeed bool
}

// Planner is implemented by a driver that quotes a cost, counts results or warns.
// Without it the plan is one result without a quote. It belongs to the driver and
// not to the input struct because two vendors that share an input struct bill and
// round it differently.
type Planner[In any] interface {
	Plan(in In, t Target) Plan
}

// Checker is implemented by a driver whose vendor has input rules that a JSON
// schema cannot express. It reports all faults at once.
type Checker[In any] interface {
	Check(in In, t Target) []FieldError
}

// InputChecker is implemented by an input struct with rules that hold at every vendor,
// such as an image that may be given under several names. Its faults precede those of the
// driver's [Checker].
type InputChecker interface{ Check() []FieldError }

// FieldError is one fault of an input; Field is a JSON path within it ("size").
type FieldError struct{ Field, Message string }
