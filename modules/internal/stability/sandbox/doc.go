// Package sandbox imitates Stability AI's image API: forms in, the image itself or JSON
// with base64 out. It reads requests by the field lists of the vendor's reference and
// uses none of the client's structs.
package sandbox
