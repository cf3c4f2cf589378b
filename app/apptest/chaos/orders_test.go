//go:build linux

package chaos_test

import (
	"encoding/json"
	"fmt"

	"aigc/app/task"
)

// order is one task that a caller wants, and what became of it.
type order struct {
	number int
	family family
	fault  fault
	prompt string
	key    string // its Idempotency-Key

	id    string          // of the task, as soon as a caller was told
	other map[string]bool // further ids that were told: each is an error
	tries int
}

// family is a route of REST and the tool of MCP for it.
type family struct {
	path, tool string
	fields     map[string]any
}

var families = []family{
	{"/api/gpt/generations", "create_gpt_image", map[string]any{"size": "1024x1024", "quality": "low"}},
	{"/api/seedream/generate", "create_seedream_image", nil},
	{"/api/flux/create", "create_flux_image", nil},
	{"/api/kling/create", "create_kling_image", nil},
	{"/api/cogview/create", "create_cogview_image", nil},
	{"/api/hailuo/generate", "create_hailuo_image", nil},
	{"/api/veo3/generate", "create_veo3_video", map[string]any{"duration_seconds": 4}},
}

// fault is a directive to the sandbox and the states in which it may end a task, beside
// succeeded if the imitation ignores it.
type fault struct {
	directive string
	ends      []task.State
	loses     bool // the answer: the task may be in doubt
}

var faults = []fault{
	{}, {}, {}, {}, {}, {}, {}, {}, {}, {},
	{"[[429]]", nil, false},
	{"[[503]]", nil, false},
	{"[[slow 2s]]", nil, false},
	{"[[slow 6s]]", nil, false},
	{"[[status banana]]", nil, false},
	{"[[gzip]]", nil, false},
	{"[[500]]", nil, true},
	{"[[drop]]", nil, true},
	{"[[truncate]]", nil, true},
	{"[[refuse]]", []task.State{task.Failed}, false},
	{"[[refuse-output]]", []task.State{task.Failed}, false},
	{"[[fail]]", []task.State{task.Failed}, false},
	{"[[short]]", []task.State{task.Failed}, false},
	{"[[expired]]", []task.State{task.Failed}, false},
}

// makeOrders makes n orders that have all families with all faults in turn, each with a
// prompt of its own.
func makeOrders(n int) []*order {
	out := make([]*order, n)
	for i := range out {
		o := &order{number: i, family: families[i%len(families)], fault: faults[i%len(faults)], key: fmt.Sprintf("order-%d", i), other: map[string]bool{}}
		o.prompt = fmt.Sprintf("order %d: a red fox in the snow %s", i, o.fault.directive)
		out[i] = o
	}
	return out
}

// input is the JSON of the request, or of the tool's arguments.
func (o *order) input(more map[string]any) []byte {
	in := map[string]any{"prompt": o.prompt}
	for _, fields := range []map[string]any{o.family.fields, more} {
		for k, v := range fields {
			in[k] = v
		}
	}
	text, _ := json.Marshal(in) // strings and numbers
	return text
}

// told notes the task that a caller was told of.
func (o *order) told(id string) {
	if o.id == "" {
		o.id = id
	}
	if id != o.id {
		o.other[id] = true
	}
}
