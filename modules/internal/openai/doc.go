// Package openai speaks the wire format of OpenAI's Images API, as its
// reference and openapi.yaml v2.3.0 describe it (November 2026): JSON or
// multipart in, base64 out, in one synchronous call. The imitation is in
// sandbox/.
package openai
