package mcpapi

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
)

// odd are messages that are answered without the SDK, and what they get: a JSON-RPC
// code and the id as text, in every revision.
var odd = map[string]struct {
	line string
	code int
	id   string
}{
	"a number":                    {`5`, -32600, "null"},
	"a text":                      {`"x"`, -32600, "null"},
	"null":                        {`null`, -32600, "null"},
	"true":                        {` true `, -32600, "null"},
	"an empty object":             {`{}`, -32600, "null"},
	"an empty batch":              {`[]`, -32600, "null"},
	"a version alone":             {`{"jsonrpc":"2.0"}`, -32600, "null"},
	"an id alone":                 {`{"jsonrpc":"2.0","id":7}`, -32600, "7"},
	"a result and an error":       {`{"jsonrpc":"2.0","id":7,"result":{},"error":{}}`, -32600, "7"},
	"another version":             {`{"jsonrpc":"1.0","id":1,"method":"ping"}`, -32600, "1"},
	"a version that is a number":  {`{"jsonrpc":2.0,"id":1,"method":"ping"}`, -32600, "1"},
	"no version":                  {`{"id":1,"method":"ping"}`, -32600, "1"},
	"an id that is an object":     {`{"jsonrpc":"2.0","id":{},"method":"ping"}`, -32600, "null"},
	"an id that is a list":        {`{"jsonrpc":"2.0","id":[1],"method":"ping"}`, -32600, "null"},
	"an id that is true":          {`{"jsonrpc":"2.0","id":true,"method":"ping"}`, -32600, "null"},
	"an id that is null":          {`{"jsonrpc":"2.0","id":null,"method":"ping"}`, -32600, "null"},
	"an id that is very long":     {`{"jsonrpc":"2.0","id":"` + strings.Repeat("1", 2000) + `","method":"ping"}`, -32600, "null"},
	"a method that is a number":   {`{"jsonrpc":"2.0","id":5,"method":5}`, -32600, "5"},
	"a method that is null":       {`{"jsonrpc":"2.0","id":5,"method":null}`, -32600, "5"},
	"an empty method":             {`{"jsonrpc":"2.0","id":"a","method":""}`, -32600, `"a"`},
	"params that are a number":    {`{"jsonrpc":"2.0","id":1.5,"method":"tools/call","params":5}`, -32600, "1.5"},
	"params that are a list":      {`{"jsonrpc":"2.0","id":2,"method":"ping","params":[]}`, -32602, "2"},
	"a notification's params":     {`{"jsonrpc":"2.0","method":"notifications/initialized","params":"x"}`, -32600, "null"},
	"nested too deeply":           {`{"jsonrpc":"2.0","id":3,"method":"ping","params":{"a":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}}`, -32600, "3"},
	"nested far too deeply":       {strings.Repeat("[", 50_000), -32600, "null"},
	"no JSON":                     {`hello`, -32700, "null"},
	"cut JSON":                    {`{"jsonrpc":"2.0","id":9,"meth`, -32700, "null"},
	"two messages":                {`{"jsonrpc":"2.0","id":9,"method":"ping"} {}`, -32700, "null"},
	"an unknown method":           {`{"jsonrpc":"2.0","id":9,"method":"no/such"}`, -32601, "9"},
	"an unknown tool":             {`{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"none"}}`, -32602, "9"},
	"a call without params":       {`{"jsonrpc":"2.0","id":9,"method":"tools/call"}`, -32602, "9"},
	"arguments that are a number": {`{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"get_task","arguments":5}}`, -32602, "9"},
	"a name that is a number":     {`{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":5}}`, -32602, "9"},
	"a long line that is no JSON": {strings.Repeat("once upon a time ", 10_000), -32700, "null"},
	"a long line with a bad id":   {`{"jsonrpc":"2.0","id":{},"method":"ping","params":{"a":"` + strings.Repeat("once upon a time ", 10_000) + `"}}`, -32600, "null"},
	"a long line with its id":     {`{"jsonrpc":"2.0","method":5,"params":{"a":"` + strings.Repeat("once upon a time ", 10_000) + `"},"id":1.50}`, -32600, "1.50"},
	"a batch of a later revision": {`[{"jsonrpc":"2.0","id":1,"method":"ping"}]`, -32600, "null"},
}

type rpcAnswer struct {
	ID    json.RawMessage
	Error struct {
		Code    int
		Message string
	}
	Result json.RawMessage
}

func TestOddMessages(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	r := start(t, f)
	for name, tc := range odd {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check := func(text string) {
				t.Helper()
				var a rpcAnswer
				if err := json.Unmarshal([]byte(text), &a); err != nil || a.Error.Code != tc.code || string(a.ID) != tc.id || a.Error.Message == "" {
					t.Errorf("%v: %.500s", err, text)
				}
				for _, word := range []string{"wireDecode", "Go value", "unmarshal"} {
					if strings.Contains(text, word) {
						t.Errorf("%q is in %s", word, text)
					}
				}
			}
			for _, accept := range []string{"application/json, text/event-stream", "application/json"} {
				res := r.post(t, tc.line, map[string]string{versionHeader: "2025-06-18", "Accept": accept})
				body, err := io.ReadAll(res.Body)
				if err != nil {
					t.Fatal(err)
				}
				_, data, stream := strings.Cut(string(body), "data: ")
				if !stream {
					data = string(body)
				}
				check(data)
			}
			// Over stdio the answer comes before that to a later ping.
			var out safeBuffer
			script := strings.Replace(hello, "2025-11-25", "2025-06-18", 1) + tc.line + "\n" + `{"jsonrpc":"2.0","id":"after","method":"ping"}` + "\n"
			if err := bridgeTo(r.url, "")(t.Context(), strings.NewReader(script), &out); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if len(lines) != 3 || !strings.Contains(lines[2], `"after"`) {
				t.Fatalf("%d lines: %.1000s", len(lines), out.String())
			}
			check(lines[1])
		})
	}
	if strings.Contains(f.logs.String(), `"level":"error"`) || strings.Contains(f.logs.String(), `"level":"warn"`) {
		t.Errorf("mistakes of clients are logged as errors: %s", f.logs.String())
	}
}

// Notifications and responses are never answered, known or not.
func TestUnansweredMessages(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	for name, line := range map[string]string{
		"a notification":             `{"jsonrpc":"2.0","method":"notifications/initialized"}`,
		"with an id that is null":    `{"jsonrpc":"2.0","id":null,"method":"notifications/initialized"}`,
		"an unknown notification":    `{"jsonrpc":"2.0","method":"notifications/mine","params":{"a":1}}`,
		"a response":                 `{"jsonrpc":"2.0","id":1,"result":{}}`,
		"a failure":                  `{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}`,
		"a cancellation of nothing":  `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":12}}`,
		"a cancellation without ids": `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := r.post(t, line, map[string]string{versionHeader: "2025-06-18"})
			if body, _ := io.ReadAll(res.Body); res.StatusCode != 202 || len(body) > 0 {
				t.Errorf("%s: %s", res.Status, body)
			}
			var out safeBuffer
			if err := bridgeTo(r.url, "")(t.Context(), strings.NewReader(line+"\n"), &out); err != nil || out.Len() > 0 {
				t.Errorf("%v: %s", err, out.String())
			}
		})
	}
}

// An answer has the id as the client wrote it.
func TestIDs(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	for _, id := range []string{`1`, `0`, `-1`, `1.5`, `-0.25`, `1e3`, `1E400`, `9007199254740993`, `-9223372036854775809`, `123456789012345678901234567890`, `""`, `"a"`, `"9007199254740993"`, `"é\n\u0041\ud83d\ude00"`, `"\"},{"`, `"aigc-0"`} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			line := `{"params":{},"id": ` + id + ` ,"method":"ping","jsonrpc":"2.0"}`
			for _, accept := range []string{"text/event-stream", "application/json"} {
				res := r.post(t, line, map[string]string{"Accept": accept, versionHeader: "2025-11-25"})
				body, _ := io.ReadAll(res.Body)
				_, data, _ := strings.Cut(string(body), `{"jsonrpc`)
				var a rpcAnswer
				if err := json.Unmarshal([]byte(`{"jsonrpc`+data), &a); err != nil || string(a.ID) != id || string(a.Result) != "{}" {
					t.Errorf("%s: %v, %s", accept, err, body)
				}
			}
			var out safeBuffer
			if err := bridgeTo(r.url, "")(t.Context(), strings.NewReader(line+"\n"), &out); err != nil || !strings.Contains(out.String(), `"id":`+id+`,`) {
				t.Errorf("%v: %s", err, out.String())
			}
		})
	}
}

// A batch of an old revision is handled message by message: what is not valid gets
// an error, the others an answer, also two with one id.
func TestBatch(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	ping := func(id string) string { return `{"jsonrpc":"2.0","id":` + id + `,"method":"ping"}` }
	note := `{"jsonrpc":"2.0","method":"notifications/initialized"}`
	for name, tc := range map[string]struct {
		line string
		want []string // ids of the answers, sorted, with the code of an error
	}{
		"two":               {"[" + ping("5") + "," + ping("1.5") + "]", []string{"1.5", "5"}},
		"one id twice":      {"[" + ping("5") + "," + ping("5") + "]", []string{"5", "5"}},
		"with a number":     {"[1," + ping("5") + "]", []string{"5", "null -32600"}},
		"numbers":           {"[1,2]", []string{"null -32600", "null -32600"}},
		"with notification": {"[" + note + "," + ping("5") + "]", []string{"5"}},
		"note and number":   {"[" + note + ",7]", []string{"null -32600"}},
		"a bad id":          {"[" + ping("{}") + "," + ping(`"a"`) + "]", []string{`"a"`, "null -32600"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, accept := range []string{"text/event-stream", "application/json"} {
				res := r.post(t, tc.line, map[string]string{"Accept": accept, versionHeader: "2025-03-26"})
				body, _ := io.ReadAll(res.Body)
				if got := batchAnswers(t, string(body)); strings.Join(got, ", ") != strings.Join(tc.want, ", ") {
					t.Errorf("%s: %v, want %v: %s", accept, got, tc.want, body)
				}
			}
			var out safeBuffer
			if err := bridgeTo(r.url, "")(t.Context(), strings.NewReader(tc.line+"\n"), &out); err != nil {
				t.Fatal(err)
			}
			if got := batchAnswers(t, out.String()); strings.Join(got, ", ") != strings.Join(tc.want, ", ") {
				t.Errorf("over stdio: %v, want %v: %s", got, tc.want, out.String())
			}
		})
	}
}
