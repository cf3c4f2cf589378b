package sandbox

import (
	"regexp"
	"strconv"
	"time"
)

// Directives are the faults a prompt can ask for, written [[name]] or
// [[name argument]]; docs/sandbox.md lists them for users. Those of the first
// group answer before anything is bought, those of the second after the
// purchase was counted. What a vendor cannot do, its imitation does not either.
var Directives = []struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
}{
	{"429", "throttled with Retry-After: 1; [[429 2]] for the first two submissions of the task, else the first"},
	{"401", "the key is refused; it is parked, and tried again after some seconds"},
	{"402", "no balance left; the key is parked as with 401"},
	{"400", "the request is refused as faulty"},
	{"503", "OpenAI: overloaded, documented as not accepted; [[503 2]] as with 429"},
	{"refuse", "refused by moderation"},
	{"slow", "[[slow 5s]]: the answer, or the job, takes that long"},

	{"500", "accepted and counted, then an internal error: the caller cannot know"},
	{"drop", "accepted and counted, then the connection is cut"},
	{"truncate", "the answer ends in the middle of the JSON"},
	{"badbase64", "where results come as base64: it is damaged"},
	{"html", "an HTML page where an image should be"},
	{"short", "the image is cut short"},
	{"expired", "where results come as addresses: the address is already dead"},
	{"status", "[[status banana]], where there are jobs: a status that no sheet lists, for the first three polls"},
	{"fail", "where there are jobs: the job fails"},
	{"refuse-output", "the result is refused after it was made"},
	{"hang", "where there are jobs: the job never ends"},
}

var directive = regexp.MustCompile(`\[\[([a-z0-9-]+)(?: ([^\]]{1,40}))?\]\]`)

// Faults are the directives of one prompt.
type Faults map[string]string

// ParseFaults finds the directives in a prompt.
func ParseFaults(prompt string) Faults {
	f := Faults{}
	for _, m := range directive.FindAllStringSubmatch(prompt, -1) {
		f[m[1]] = m[2]
	}
	return f
}

// Has says whether the prompt asks for a fault.
func (f Faults) Has(name string) bool { _, ok := f[name]; return ok }

// Times is how often a repeated fault is wanted: its argument, or 1.
func (f Faults) Times(name string) int {
	if !f.Has(name) {
		return 0
	}
	if n, err := strconv.Atoi(f[name]); err == nil {
		return n
	}
	return 1
}

// Slow is how long the prompt wants the work to take; otherwise usual.
func (f Faults) Slow(usual time.Duration) time.Duration {
	if d, err := time.ParseDuration(f["slow"]); err == nil {
		return min(d, 10*time.Minute)
	}
	return usual
}
