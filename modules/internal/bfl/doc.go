// Package bfl speaks the wire format of Black Forest Labs (docs.bfl.ai,
// October 2026): a job is submitted to /v1/<model>, asked for at the address
// that the answer names, and its result fetched from an address that dies in
// ten minutes.
package bfl
