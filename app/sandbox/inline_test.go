package sandbox

import (
	"bytes"
	"encoding/base64"
	"testing"
)

func TestBase64(t *testing.T) {
	t.Parallel()
	file := bytes.Repeat([]byte("fox"), 20)
	for prompt, whole := range map[string]bool{"a fox": true, "a fox [[badbase64]]": false, "a fox [[short]]": true} {
		o := &Request{Faults: ParseFaults(prompt)}
		text := o.Base64(file)
		got, err := base64.StdEncoding.DecodeString(text)
		if (err == nil) != whole || whole && !bytes.Equal(got, file) || len(text) != 80 {
			t.Errorf("%s: %q %v", prompt, text, err)
		}
	}
}

func TestSeed(t *testing.T) {
	t.Parallel()
	fox, again, cat := Seed("a fox"), Seed("a fox"), Seed("a cat")
	if fox != again || fox == cat {
		t.Errorf("fox %d and %d, cat %d", fox, again, cat)
	}
}
