// Package vertex speaks the wire format of Google's Agent Platform, formerly
// Vertex AI, for Veo: a service account, a long-running operation, and videos
// that are inline in the answer to a poll or objects in a bucket (Google's
// reference and discovery document of October 2026). The imitation is in sandbox/.
package vertex
