// Package vertex speaks the wire format of Google's Agent Platform, formerly
// Vertex AI, for Veo: a service account, a long-running operation, and clips
// that come inline in a poll or lie in a bucket (Google's reference and
// discovery document of October 2026).
package vertex
