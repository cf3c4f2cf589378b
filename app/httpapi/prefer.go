package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// preference is the header Prefer of a request (RFC 7240).
type preference struct {
	wait    time.Duration
	applied string // the response header Preference-Applied
}

// maxWait is the longest wait that a caller can ask for.
const maxWait = 10 * time.Minute

// parsePrefer reads the preferences respond-async and wait. The first wait counts.
// wait overrides respond-async: the request waits that long and responds 202
// after it. Without either the wait is usual. Other preferences and invalid values
// are ignored, as RFC 7240 requires.
func parsePrefer(h http.Header, usual time.Duration) preference {
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
