package sandbox

import (
	"encoding/base64"
	"hash/fnv"
)

// Base64 encodes a file for a JSON response. It corrupts the base64 if the prompt
// has [[badbase64]].
func (o *Request) Base64(file []byte) string {
	text := base64.StdEncoding.EncodeToString(file)
	if half := len(text) / 2; o.Has("badbase64") && half >= 4 {
		return text[:half] + "*!*!" + text[half+4:]
	}
	return text
}

// Seed derives a seed from a prompt, for a request without a seed: the same prompt
// gives the same image.
func Seed(prompt string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(prompt)) // a hash does not fail
	return h.Sum64()
}
