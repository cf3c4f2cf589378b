package sandbox

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// The table in docs/sandbox.md has the same directives as the code.
func TestDirectivesAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "| `[[") {
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	if len(rows) != len(Directives) {
		t.Errorf("the page has %d directives, the code %d", len(rows), len(Directives))
	}
	for i, d := range Directives {
		if want := "| `[[" + d.Name + "]]` | " + d.Doc + " |"; i < len(rows) && rows[i] != want {
			t.Errorf("the page says\n%s, the code\n%s", rows[i], want)
		}
	}
}

func TestParseFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		prompt string
		want   Faults
	}{
		{"a red fox", Faults{}},
		{"a red fox [[drop]]", Faults{"drop": ""}},
		{"[[429 2]] a [[slow 5s]] fox", Faults{"429": "2", "slow": "5s"}},
		{"[[]] [[ drop]] [drop] [[Drop]]", Faults{}},
	}
	for _, tt := range tests {
		if got := ParseFaults(tt.prompt); !maps.Equal(got, tt.want) {
			t.Errorf("%q: %v, want %v", tt.prompt, got, tt.want)
		}
	}
	f := ParseFaults("[[429 2]] [[503]] [[slow 5s]]")
	if f.Times("429") != 2 || f.Times("503") != 1 || f.Times("drop") != 0 {
		t.Errorf("times: %d, %d, %d", f.Times("429"), f.Times("503"), f.Times("drop"))
	}
	if f.Slow(time.Second) != 5*time.Second || ParseFaults("[[slow soon]]").Slow(time.Second) != time.Second || ParseFaults("[[slow 9h]]").Slow(0) != 10*time.Minute {
		t.Error("slow is not read")
	}
}

// Directives in an image's comment are found in both forms of an image; other brackets
// are not.
func TestImageDirectives(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	encode := func(comment string) string {
		return base64.StdEncoding.EncodeToString(slices.Concat(b.Bytes()[:33], []byte(comment), b.Bytes()[33:]))
	}
	tests := []struct{ name, image, want string }{
		{"base64", encode("\x00[[429 2]]\xff [[slow 5s]] \x00"), "[[429 2]] [[slow 5s]]"},
		{"data URL", "data:image/png;base64," + encode("[[drop]]"), "[[drop]]"},
		{"none", encode(""), ""},
		{"no directive", encode("[[banana]] [[]] [drop]"), ""},
		{"URL", "https://example.com/[[drop]].png", ""},
		{"data URL without base64", "data:image/svg+xml,[[drop]]", ""},
	}
	for _, tt := range tests {
		if got := ImageDirectives(tt.image); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
