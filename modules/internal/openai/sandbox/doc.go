// Package sandbox imitates OpenAI's Images API: generations as JSON, edits as a
// form. It reads requests by the field lists of the vendor's reference and uses
// none of the client's structs.
package sandbox
