package provider

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
)

// This file has what the signatures of key pairs share; see [Account.IsPair].

// BodySHA256 is the SHA-256 of a request's body in hex. It reads the body once more by
// GetBody, so that the signature covers exactly the bytes that are sent.
func BodySHA256(r *http.Request) (string, error) {
	body, err := r.GetBody()
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	defer body.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, body); err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// HMACChain computes HMAC-SHA256 over each text, each with the result of the one before as
// its key; the first with key. It derives signing keys.
func HMACChain(key []byte, texts ...string) []byte {
	for _, text := range texts {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(text)) // a hash does not fail
		key = h.Sum(nil)
	}
	return key
}
