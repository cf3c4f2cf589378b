package sandbox

import (
	"encoding/base64"
	"hash/fnv"
)

// Base64 writes a file as it stands in a JSON answer, damaged as the prompt asks.
func (o *Request) Base64(file []byte) string {
	text := base64.StdEncoding.EncodeToString(file)
	if half := len(text) / 2; o.Has("badbase64") && half >= 4 {
		return text[:half] + "*!*!" + text[half+4:]
	}
	return text
}

// Seed is the seed of a prompt where the request has none: the same prompt
// gives the same image.
func Seed(prompt string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(prompt)) // a hash does not fail
	return h.Sum64()
}
