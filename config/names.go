package config

import "strings"

// Names is a list of names.
type Names []string

// Decode implements envconfig's Decoder: names separated by commas.
func (n *Names) Decode(value string) error {
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			*n = append(*n, part)
		}
	}
	return nil
}
