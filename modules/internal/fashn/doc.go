// Package fashn speaks the wire format of FASHN's API (docs.fashn.ai, November 2026):
// a run gives an id, which is polled; results are URLs that expire after 72 hours, or
// the images themselves. The imitation is in sandbox/.
package fashn
