package jsonblob_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/jsonblob"
)

func keys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"k%d":"[,{"`, i)
	}
	return "{" + strings.TrimPrefix(b.String(), ",") + "}"
}

func items(n int, item string) string {
	return "[" + strings.TrimPrefix(strings.Repeat(","+item, n), ",") + "]"
}

var limitCases = map[string]struct{ doc, code string }{
	"keys at the limit":   {keys(128), ""},
	"a key too many":      {keys(129), "too_many_fields"},
	"keys of two objects": {"[" + keys(100) + "," + keys(100) + "]", ""},
	"items at the limit":  {items(1024, "1"), ""},
	"an item too many":    {items(1025, "1"), "too_many_items"},
	"depth at the limit":  {strings.Repeat("[", 64) + strings.Repeat("]", 64), ""},
	"too deep":            {strings.Repeat("[", 65), "document_too_deep"},
	"too many values":     {items(20, items(1000, "1")), "too_many_values"},
	"empty lists":         {items(20, items(1000, "[]")), "too_many_values"},
	"brackets in text":    {`"` + strings.Repeat(`[,\"`, 5000) + `"`, ""},
	"no JSON":             {strings.Repeat(",", 5000), ""},
	"closed too often":    {"]]]}}}[1,2]", ""},
	"empty":               {"", ""},
}

func codeOf(err error) string {
	if f := fault.From(err); f != nil {
		return f.Code
	}
	return ""
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for name, c := range limitCases {
		if err := jsonblob.RequestLimits.Check([]byte(c.doc)); codeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
		_, err := extractLimited(c.doc)
		if c.code != "" && codeOf(err) != c.code || c.code == "" && fault.KindOf(err) == fault.TooLarge {
			t.Errorf("%s, as a stream: %v", name, err)
		}
	}
}

// A document beyond the limits is not copied: only what came before.
func TestLimitsEarly(t *testing.T) {
	t.Parallel()
	doc := keys(100_000)
	got, err := extractLimited(doc)
	if codeOf(err) != "too_many_fields" || len(got) > 256<<10 {
		t.Errorf("%d of %d bytes, %v", len(got), len(doc), err)
	}
}

func extractLimited(doc string) (string, error) {
	var out bytes.Buffer
	_, err := jsonblob.Extract(&out, strings.NewReader(doc), jsonblob.Options{Limits: jsonblob.RequestLimits, IsFile: func(jsonblob.Path) bool { return false }},
		func(int) (io.WriteCloser, error) { return nil, io.ErrClosedPipe })
	return out.String(), err
}

// FuzzLimits checks that a document is within the limits in memory if it is as a stream.
func FuzzLimits(f *testing.F) {
	for _, c := range limitCases {
		f.Add(c.doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		inMemory := codeOf(jsonblob.RequestLimits.Check([]byte(doc)))
		_, err := extractLimited(doc)
		if asStream := codeOf(err); err == nil && inMemory != "" || strings.HasPrefix(asStream, "too_many") && asStream != inMemory && strings.HasPrefix(doc, "{") {
			t.Fatalf("%q in memory, %q as a stream", inMemory, asStream)
		}
	})
}
