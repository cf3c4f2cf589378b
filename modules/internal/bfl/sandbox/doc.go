// Package sandbox is the offline imitation of Black Forest Labs: paths, checks of
// keys and fields, jobs, errors and prices (docs.bfl.ai, October 2026). It reads
// requests by the field lists of the documentation and uses nothing of the client
// but Vendor, so that both cannot share a mistake.
package sandbox
