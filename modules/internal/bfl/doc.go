// Package bfl speaks the wire format of Black Forest Labs (docs.bfl.ai,
// October 2026): a job is submitted to /v1/<model>, polled at the URL in the
// answer, and its result fetched from a URL that expires after ten minutes. The
// imitation is in sandbox/.
package bfl
