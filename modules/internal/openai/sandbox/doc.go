// Package sandbox imitates OpenAI's Images API: generations as JSON, edits as a
// form. It reads requests by the fields of the vendor's reference and knows
// nothing of the client.
package sandbox
