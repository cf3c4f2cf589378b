package strictjson_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"aigc/app/strictjson"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	const half = `the text has half a surrogate pair, which is no character; a pair of \u escapes must be complete`
	const twice = "the key is there twice; send it once"
	for name, c := range map[string]struct {
		doc  string
		want []string
	}{
		"right":                   {`{"a":"红狐狸 🦊","b":[1,{"a":"\ud83e\udd8a \\ud83e \\\\"}],"c":{"a":null},"d":{}}`, nil},
		"replacement character":   {`{"a":"�\ufffd"}`, nil},
		"same key in others":      {`[{"a":1},{"a":1,"b":{"a":1}}]`, nil},
		"GBK":                     {"{\"a\":1,\"prompt\":\"\xba\xec\xba\xfc\"}", []string{"body.prompt: " + strictjson.NotUTF8}},
		"GBK, broken JSON":        {"{\"a\":1,\"prompt\":\"\xba\xec\x95\\\"}", []string{"body: byte 18 is not valid UTF-8; send the body in UTF-8"}},
		"Latin-1":                 {"{\"images\":[\"x\",\"\xf1\"]}", []string{"body.images[1]: " + strictjson.NotUTF8}},
		"CESU-8":                  {"{\"a\":\"\xed\xa0\xbe\xed\xb6\x8a\"}", []string{"body.a: " + strictjson.NotUTF8}},
		"cut character":           {"{\"a\":\"\xe7\xba\"}", []string{"body.a: " + strictjson.NotUTF8}},
		"too long":                {"{\"a\":\"\xc0\xaf\"}", []string{"body.a: " + strictjson.NotUTF8}},
		"in a key":                {"{\"a\xff\":1}", []string{"body.a: " + strictjson.NotUTF8}},
		"two faults":              {"{\"a\":\"\xff\",\"b\":{\"c\":[\"\xff\"]}}", []string{"body.a: " + strictjson.NotUTF8, "body.b.c[0]: " + strictjson.NotUTF8}},
		"first half":              {`{"a":"\ud83e"}`, []string{"body.a: " + half}},
		"first half, then text":   {`{"a":"\ud83e x"}`, []string{"body.a: " + half}},
		"first half, then escape": {`{"a":"\ud83e\n"}`, []string{"body.a: " + half}},
		"first half twice":        {`{"a":"\ud83e\ud83e\udd8a"}`, []string{"body.a: " + half}},
		"second half":             {`{"a":"x\uDD8A"}`, []string{"body.a: " + half}},
		"pair and second half":    {`{"a":"\ud83e\udd8a\udd8a"}`, []string{"body.a: " + half}},
		"half in a key":           {`{"a\ud83e":1}`, []string{"body.a�: " + half}},
		"duplicate":               {`{"prompt":"a","n":1,"prompt":"b"}`, []string{"body.prompt: " + twice}},
		"duplicate, escaped":      {`{"a":{"prompt":"a","\u0070rompt":"b"}}`, []string{"body.a.prompt: " + twice}},
		"in a batch":              {`[{"a":1,"a":2}]`, []string{"body[0].a: " + twice}},
		"at the top":              {"\"\xff\"", []string{"body: " + strictjson.NotUTF8}},
		"no JSON":                 {`{"a":`, nil},
		"empty":                   {``, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, d := range strictjson.Check([]byte(c.doc)) {
				got = append(got, d.Location+": "+d.Message)
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("\n got %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestCheckLimitsFaults(t *testing.T) {
	t.Parallel()
	doc := "[" + strings.Repeat("\"\xff\",", 10_000) + "1]"
	if n := len(strictjson.Check([]byte(doc))); n != 32 {
		t.Errorf("%d faults", n)
	}
}

// FuzzCheck compares Check with encoding/json: a document without faults has the same
// values after it was decoded and encoded, so nothing in it was replaced or dropped.
func FuzzCheck(f *testing.F) {
	for _, doc := range []string{`{"a":"\ud83e\udd8a","b":[1,{"a":"x"}]}`, `{"a":"\ud83e"}`, "{\"\xff\":1}", `{"a":1,"a":2}`, `"\\ud83e\udd8a"`, `[[],{}]`} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		faults := strictjson.Check(doc)
		var v any
		if json.Unmarshal(doc, &v) != nil {
			if utf8.Valid(doc) != (len(faults) == 0) {
				t.Fatalf("%q: %v", doc, faults)
			}
			return
		}
		replaced := strings.Count(fmt.Sprint(v), "\ufffd") != strings.Count(string(doc), "\ufffd")+strings.Count(strings.ToLower(string(doc)), `\ufffd`)
		if len(faults) == 0 && replaced && !strings.Contains(string(doc), `\\`) {
			t.Fatalf("%q became %v", doc, v)
		}
		if len(faults) > 0 && utf8.Valid(doc) && !strings.Contains(string(doc), `\`) && !hasTwice(doc) {
			t.Fatalf("%q: %v", doc, faults)
		}
	})
}

// hasTwice reports whether decoding drops members: the values that remain are fewer.
func hasTwice(doc []byte) bool {
	d := json.NewDecoder(strings.NewReader(string(doc)))
	d.UseNumber()
	tokens, kept := 0, 0
	for _, err := d.Token(); err == nil; _, err = d.Token() {
		tokens++
	}
	var v any
	_ = json.Unmarshal(doc, &v)
	compact, _ := json.Marshal(v)
	d = json.NewDecoder(strings.NewReader(string(compact)))
	for _, err := d.Token(); err == nil; _, err = d.Token() {
		kept++
	}
	return kept < tokens
}
