package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 4))); err != nil {
		t.Fatal(err)
	}
	pixels := base64.StdEncoding.EncodeToString(b.Bytes())
	fields := []Field{
		{Name: "prompt", Kind: Text, Required: true, MaxLen: 5},
		{Name: "n", Kind: Integer, Min: 1, Max: 4},
		{Name: "scale", Kind: Number},
		{Name: "mode", Kind: Text, Values: []string{"std", "pro"}, Only: []string{"v2"}},
		{Name: "mark", Kind: Flag},
		{Name: "image", Kind: Image},
		{Name: "options", Kind: Object, Fields: []Field{{Name: "max", Kind: Integer, Min: 1, Max: 3}}},
		{Name: "list", Kind: List, MaxLen: 2, Item: &Field{Kind: Image}},
		{Name: "objects", Kind: List, Fields: []Field{{Name: "id", Kind: Text, Required: true}}},
	}
	for name, c := range map[string]struct {
		body string
		want string // field rule, …
	}{
		"least":                     {`{"prompt":"x"}`, ""},
		"all":                       {`{"prompt":"x","n":4,"scale":0.5,"mode":"pro","mark":true,"image":"` + pixels + `","options":{"max":3},"list":["data:image/png;base64,` + pixels + `","https://x/y"],"objects":[{"id":"a"}]}`, ""},
		"missing":                   {`{}`, "prompt missing"},
		"empty":                     {`{"prompt":""}`, "prompt missing"},
		"characters, not bytes":     {`{"prompt":"红色的狐狸"}`, ""},
		"too long":                  {`{"prompt":"a red fox"}`, "prompt too long"},
		"wrong kinds":               {`{"prompt":1,"n":"1","mark":"true","options":[],"list":{}}`, "prompt wrong kind, n wrong kind, mark wrong kind, options wrong kind, list wrong kind"},
		"a fraction":                {`{"prompt":"x","n":1.5}`, "n wrong kind"},
		"out of range":              {`{"prompt":"x","n":5,"options":{"max":0}}`, "n out of range, options.max out of range"},
		"not listed":                {`{"prompt":"x","mode":"max"}`, "mode not listed"},
		"unknown":                   {`{"prompt":"x","b":1,"a":1,"options":{"min":1}}`, "options.min unknown, a unknown, b unknown"},
		"no image":                  {`{"prompt":"x","image":"aGVsbG8=","list":["?"]}`, "image no image, list.0 no image"},
		"a data URL without base64": {`{"prompt":"x","image":"data:image/png,` + pixels + `"}`, "image no image"},
		"items":                     {`{"prompt":"x","list":["https://a","https://b","https://c"],"objects":[{}]}`, "list too long, objects.0.id missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://x", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			body, err := ReadJSON(r)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range body.Problems(fields, "v2-pro") {
				got = append(got, p.Field+" "+string(p.Rule))
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("%s, want %s", s, c.want)
			}
		})
	}
	if p := (Body{"prompt": "x", "mode": "std"}).Problems(fields, "v1"); len(p) != 1 || p[0].Rule != NotSupported {
		t.Errorf("a field of another model: %v", p)
	}
}

func TestReadJSONRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `null`, `[]`, `{"a":1`, `{} {}`, `"x"`} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://x", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if b, err := ReadJSON(r); err == nil {
			t.Errorf("%s was read as %v", text, b)
		}
		if b, err := ParseJSON(text); err == nil {
			t.Errorf("%s was parsed as %v", text, b)
		}
	}
}

func TestParseJSONKeepsDigits(t *testing.T) {
	t.Parallel()
	if b, err := ParseJSON([]byte(`{"id":7392616336519610409}`)); err != nil || b.Int("id") == 0 || b["id"] != json.Number("7392616336519610409") {
		t.Errorf("%v %v", b, err)
	}
}
