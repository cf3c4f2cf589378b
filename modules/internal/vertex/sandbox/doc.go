// Package sandbox is the offline imitation of Google's Agent Platform for Veo: the
// token endpoint, the jobs, and a bucket of Cloud Storage. It reads requests by the
// field lists of the vendor's reference and uses nothing of the client but Vendor.
package sandbox
