// Package sandbox is the offline imitation of FASHN's API (docs.fashn.ai, November
// 2026): runs of both try-on models, their states, errors and credits. It reads
// requests by the field lists of the documentation and uses nothing of the client but
// Vendor.
package sandbox
