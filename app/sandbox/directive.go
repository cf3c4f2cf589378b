package sandbox

import (
	"regexp"
	"strconv"
	"time"
)

// Directives are the faults a prompt can ask for, written [[name]] or
// [[name argument]]. Those of the first group answer before anything is
// bought, those of the second after the purchase was counted.
var Directives = []struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
}{
	{"429", "throttled with Retry-After: 1; [[429 2]] for the first two submissions of the task, else the first"},
	{"401", "the key is refused"},
	{"402", "no balance left"},
	{"400", "the request is refused as faulty"},
	{"503", "overloaded, documented as not accepted; [[503 2]] as with 429"},
	{"refuse", "refused by moderation"},
	{"slow", "[[slow 5s]]: the answer, or the job, takes that long"},

	{"500", "accepted and counted, then an internal error: nobody can know"},
	{"drop", "accepted and counted, then the connection is cut"},
	{"truncate", "the answer ends in the middle of the JSON"},
	{"badbase64", "the base64 of the answer is damaged"},
	{"html", "an HTML page where a picture should be"},
	{"short", "the picture is cut short"},
	{"expired", "the address of the result is already dead"},
	{"status", "[[status banana]]: a status that no sheet lists, for the first three polls"},
	{"fail", "the job fails"},
	{"refuse-output", "the result is refused after it was made"},
	{"hang", "the job never ends"},
	{"cancel", "the vendor cancels the job"},
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
