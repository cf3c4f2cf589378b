package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// preference is what the header Prefer asks (RFC 7240).
type preference struct {
	wait    time.Duration
	applied string
}

// maxWait is the longest a caller may ask a request to wait.
const maxWait = 10 * time.Minute

// preferOf reads the preferences wait and respond-async. Of each the first
// counts; with both, a request waits as long as was asked before it answers
// that it goes on, as every request does. Others, and values that make no
// sense, are as if they were not there.
func preferOf(h http.Header, usual time.Duration) preference {
	async, wait := false, -1
	for _, line := range h.Values("Prefer") {
		for part := range strings.SplitSeq(line, ",") {
			part, _, _ = strings.Cut(part, ";") // its parameters
			name, value, _ := strings.Cut(strings.ToLower(part), "=")
			switch strings.TrimSpace(name) {
			case "respond-async":
				async = true
			case "wait":
				n, err := strconv.Atoi(strings.Trim(strings.TrimSpace(value), `"`))
				if err == nil && n >= 0 && wait < 0 {
					wait = min(n, int(maxWait/time.Second))
				}
			}
		}
	}
	p := preference{wait: usual}
	var applied []string
	if async {
		p.wait, applied = 0, append(applied, "respond-async")
	}
	if wait >= 0 {
		p.wait, applied = time.Duration(wait)*time.Second, append(applied, "wait="+strconv.Itoa(wait))
	}
	p.applied = strings.Join(applied, ", ")
	return p
}
