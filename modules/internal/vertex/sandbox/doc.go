// Package sandbox imitates Google's Agent Platform for Veo: the token endpoint,
// the jobs, and a bucket of Cloud Storage. It reads requests by the fields of the
// vendor's reference and knows nothing of the client.
package sandbox
