package mcpapi

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// scan writes a text in parts of n bytes and returns the id and method of each
// message.
func scan(text string, n int) (*scanner, []string) {
	s := &scanner{}
	for ; len(text) > n; text = text[n:] {
		_, _ = s.Write([]byte(text[:n]))
	}
	_, _ = s.Write([]byte(text))
	var got []string
	for _, m := range s.messages {
		got = append(got, fmt.Sprintf("%s %s", m.id, m.method))
	}
	return s, got
}

func TestScanner(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", maxKept)
	for name, tc := range map[string]struct {
		text  string
		want  []string
		ended bool
	}{
		"a call":                     {`{"jsonrpc":"2.0","id":1,"method":"ping"}`, []string{"1 ping"}, true},
		"the id at the end":          {`{"method":"tools/call","params":{"id":7,"method":"no","x":[{"id":8}]},"id":"é"}`, []string{`"é" tools/call`}, true},
		"space everywhere":           {" { \"id\" :\t-1.5e3 , \"method\" : \"a\" }\r", []string{"-1.5e3 a"}, true},
		"names in escapes":           {`{"\u0069d":1,"m\u0065thod":"\u0061\"b\\"}`, []string{`1 a"b\`}, true},
		"the last of two counts":     {`{"id":1,"id":2,"method":"a","method":"b"}`, []string{"2 b"}, true},
		"in strings":                 {`{"a":"\"id\":9,\\","b":"}{","id":3}`, []string{"3 "}, true},
		"as a value":                 {`{"a":"id","b":"method","c":["id",1]}`, []string{" "}, true},
		"no member of its own":       {`{"params":{"id":1,"method":"a"}}`, []string{" "}, true},
		"a notification":             {`{"method":"a","id":null}`, []string{" a"}, true},
		"an object for an id":        {`{"id":{"id":1},"method":["method"]}`, []string{" "}, true},
		"too long to be kept":        {`{"id":"` + long + `","method":"` + long + `"}`, []string{" "}, true},
		"a batch":                    {`[{"id":1,"method":"a"}, {"method":"b"},5,[{"id":9}],{"id":"x"}]`, []string{"1 a", " b", `"x" `}, true},
		"an empty batch":             {`[]`, nil, true},
		"no object":                  {`5`, nil, false},
		"cut off":                    {`{"id":1,"method":"a","params":{"x":"`, []string{"1 a"}, false},
		"cut off in the id":          {`{"method":"a","id":1`, []string{" a"}, false},
		"something behind it":        {`{"id":1,"method":"a"}{"id":2}`, []string{"1 a"}, true},
		"a comma is missing":         {`{"id":1 "method":"a"}`, []string{" "}, true},
		"more brackets than opened":  {`}]{"id":1}`, nil, true},
		"more messages than we keep": {"[" + strings.Repeat(`{"id":1},`, maxMessages+5) + `{"id":2}]`, slicesOf("1 ", maxMessages), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, n := range []int{1, 3, len(tc.text) + 1} {
				if s, got := scan(tc.text, n); !reflect.DeepEqual(got, tc.want) || s.ended != tc.ended {
					t.Errorf("in parts of %d: %q, ended %t; want %q, %t", n, got, s.ended, tc.want, tc.ended)
				}
			}
		})
	}
}

func slicesOf(text string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = text
	}
	return out
}

// For any valid document the scanner and encoding/json agree.
func FuzzScanner(f *testing.F) {
	for _, text := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"ping"}`, `{"method":"a","params":{"id":1,"x":["}"]},"id":"\u00e9\\"}`,
		`[{"id":1},{"method":null},[{"id":2}]]`, `{"id":1e5,"id":[],"m\u0065thod":"\ud800"}`, ` "x" `,
	} {
		f.Add(text, 5)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		s, got := scan(text, max(1, n))
		if !json.Valid([]byte(text)) {
			return
		}
		var docs []json.RawMessage
		if json.Unmarshal([]byte(text), &docs) != nil {
			docs = []json.RawMessage{json.RawMessage(text)}
		}
		var want []string
		for _, doc := range docs {
			var m map[string]json.RawMessage
			if err := json.Unmarshal(doc, &m); err != nil || m == nil || len(want) == maxMessages {
				continue
			}
			id, method := m["id"], ""
			if len(id) == 0 || !strings.Contains(`"-0123456789`, string(id[0])) || len(id) > maxKept {
				id = nil
			}
			if raw := m["method"]; len(raw) <= maxKept {
				_ = json.Unmarshal(raw, &method) // a value that is not a string is no method
			}
			want = append(want, fmt.Sprintf("%s %s", id, method))
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if container := strings.ContainsAny(strings.TrimLeft(text, " \t\r\n")[:1], "{["); s.ended != container {
			t.Errorf("%q: ended is %t", text, s.ended)
		}
	})
}
