package sandbox

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Directive is a fault that a prompt can inject.
type Directive struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
}

// Directives are the faults that a prompt can inject, written [[name]] or
// [[name argument]]; docs/sandbox.md lists them for users. A request without a prompt
// has them in the metadata of an input image, see [ImageDirectives]. The faults of the first
// group happen before the purchase is recorded, those of the second group after
// it. An imitation ignores the faults that its vendor's API cannot have.
var Directives = []Directive{
	{"429", "throttled with Retry-After: 1; [[429 2]] for the first two submissions of the task, else the first"},
	{"401", "the key is refused; it is parked, and tried again after some seconds"},
	{"402", "no balance left; the key is parked as with 401"},
	{"400", "the request is refused as faulty"},
	{"503", "OpenAI, Ark, Zhipu: overloaded, documented as not accepted; [[503 2]] as with 429"},
	{"refuse", "refused by moderation"},
	{"slow", "[[slow 5s]]: the answer, or the job, takes that long"},

	{"500", "accepted and counted, then an internal error: the outcome is unknown"},
	{"drop", "accepted and counted, then the connection is cut"},
	{"truncate", "the answer ends in the middle of the JSON"},
	{"text", "a plain text instead of the answer"},
	{"shape", "the answer is JSON of an unknown shape"},
	{"gzip", "the answer is compressed, although the request accepts no coding"},
	{"201", "the answer has status 201"},
	{"202", "the answer has status 202"},
	{"bom", "the answer begins with a byte order mark"},
	{"relative", "where results come as addresses: the address has no host"},
	{"avif", "an AVIF image, which aigc does not support"},
	{"badbase64", "where results come as base64: it is damaged"},
	{"html", "an HTML page where an image should be"},
	{"short", "the image is cut short"},
	{"expired", "where results come as addresses: the address is already dead"},
	{"status", "[[status banana]], where there are jobs: an undocumented status, for the first three polls"},
	{"fail", "where there are jobs: the job fails"},
	{"refuse-output", "the result is refused after it was made"},
	{"hang", "where there are jobs: the job never ends"},
}

var directive = regexp.MustCompile(`\[\[([a-z0-9-]+)(?: ([^\]]{1,40}))?\]\]`)

// Faults are the directives of one prompt: arguments by name.
type Faults map[string]string

// ParseFaults finds the directives in a prompt.
func ParseFaults(prompt string) Faults {
	f := Faults{}
	for _, m := range directive.FindAllStringSubmatch(prompt, -1) {
		f[m[1]] = m[2]
	}
	return f
}

// ImageDirectives returns the directives in an image of a request, which is base64 or a
// data URL: those that are uncompressed in the file, such as in a comment. It is for
// vendors whose requests have no prompt.
func ImageDirectives(text string) string {
	var found []string
	for _, m := range directive.FindAllSubmatch(imageBytes(text), -1) {
		if slices.ContainsFunc(Directives, func(d Directive) bool { return d.Name == string(m[1]) }) {
			found = append(found, string(m[0]))
		}
	}
	return strings.Join(found, " ")
}

// Has reports whether the prompt has a directive.
func (f Faults) Has(name string) bool { _, ok := f[name]; return ok }

// Times is how many times a fault must happen: its argument, by default 1; 0 if the
// prompt does not have it.
func (f Faults) Times(name string) int {
	if !f.Has(name) {
		return 0
	}
	if n, err := strconv.Atoi(f[name]); err == nil {
		return n
	}
	return 1
}

// Slow is the duration of [[slow]], at most 10 minutes; without it usual.
func (f Faults) Slow(usual time.Duration) time.Duration {
	if d, err := time.ParseDuration(f["slow"]); err == nil {
		return min(d, 10*time.Minute)
	}
	return usual
}
