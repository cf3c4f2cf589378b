package config

import (
	"time"

	"aigc/app/module"
)

// graceMargin is added to the longest submission, for storing its result.
const graceMargin = 30 * time.Second

// setGrace computes AIGC_SHUTDOWN_GRACE if it is not set: the longest submission limit of
// the routes whose vendor has a key, or of all routes if no vendor has one, plus a margin.
func (l *Settings) setGrace(h *module.Registry) {
	for i := range l.List {
		s := &l.List[i]
		if s.Name != "AIGC_SHUTDOWN_GRACE" || s.Source != "default" {
			continue
		}
		l.ShutdownGrace = longestSubmission(h, l) + graceMargin
		s.Value, s.Default = l.ShutdownGrace.String(), l.ShutdownGrace.String()
	}
}

func longestSubmission(h *module.Registry, l *Settings) (longest time.Duration) {
	for _, op := range h.Operations() {
		for _, r := range op.Routes {
			if l.Accounts.Empty() || len(l.Accounts.ForVendor(r.Vendor.Name)) > 0 {
				longest = max(longest, r.Submit)
			}
		}
	}
	return longest
}
