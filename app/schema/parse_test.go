package schema_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/schema"
	"aigc/app/strictjson"
)

type size struct {
	Width  int `json:"width" minimum:"64" maximum:"4096" default:"1024"`
	Height int `json:"height,omitempty" minimum:"64" default:"768"`
}

// Shared is embedded, so its fields are the input's own.
type Shared struct {
	Seed *int64 `json:"seed,omitempty" minimum:"0" doc:"Reproduces an image."`
}

type input struct {
	Prompt  string              `json:"prompt" minLength:"1" maxLength:"40" doc:"What to draw."`
	Quality string              `json:"quality,omitempty" enum:"low,high" default:"high"`
	N       int                 `json:"n,omitempty" minimum:"1" maximum:"10" default:"1"`
	Tiny    uint8               `json:"tiny,omitempty"`
	Scale   float64             `json:"scale,omitempty" minimum:"1" maximum:"20" default:"7.50"`
	Half    float32             `json:"half,omitempty"`
	Mark    bool                `json:"watermark,omitempty" default:"true"`
	Image   provider.ImageRef   `json:"image,omitempty" doc:"The image to edit."`
	Images  []provider.ImageRef `json:"images,omitempty" maxItems:"2"`
	Colors  []string            `json:"colors,omitempty" enum:"red,green" uniqueItems:"true"`
	Size    *size               `json:"size,omitempty"`
	Sizes   []size              `json:"sizes,omitempty"`
	Home    string              `json:"home,omitempty" format:"uri"`
	Extra   map[string]int      `json:"extra,omitempty"`
	Free    json.RawMessage     `json:"free,omitempty"`
	Layers  []layer             `json:"layers,omitempty"`
	Points  [][]float64         `json:"points,omitempty"`
	ByName  map[string]*layer   `json:"by_name,omitempty"`
	Shared
	Shared2
}

type layer struct {
	Name  string  `json:"name"`
	Alpha float64 `json:"alpha,omitempty" default:"1"`
}

// Shared2 too.
type Shared2 struct {
	Strength float64 `json:"strength,omitempty" minimum:"0" maximum:"1" default:"0.8"`
}

var compiled = schema.New(reflect.TypeFor[input]())

const nonEmpty = `"n":1,"quality":"high","scale":7.5,"strength":0.8,"watermark":true`

func TestParse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"defaults are filled": {`{"prompt":"a fox"}`, `{"n":1,"prompt":"a fox","quality":"high","scale":7.5,"strength":0.8,"watermark":true}`},
		"keys are sorted, white space is removed": {" {\"watermark\": false,\n\"prompt\":\"x\",\"n\":2}\n",
			`{"n":2,"prompt":"x","quality":"high","scale":7.5,"strength":0.8,"watermark":false}`},
		"null is left out":                       {`{"prompt":"x","quality":null,"image":null,"size":null,"images":null}`, `{` + strings.Replace(nonEmpty, `"quality"`, `"prompt":"x","quality"`, 1) + `}`},
		"1.0 and 1e0 are integers":               {`{"prompt":"x","n":2.0,"tiny":2e1}`, `{"n":2,"prompt":"x","quality":"high","scale":7.5,"strength":0.8,"tiny":20,"watermark":true}`},
		"numbers lose needless digits":           {`{"prompt":"x","scale":8.000,"strength":5e-1,"half":-0.0}`, `{"half":0,"n":1,"prompt":"x","quality":"high","scale":8,"strength":0.5,"watermark":true}`},
		"a field with a default is not required": {`{"prompt":"x","size":{}}`, `{"n":1,"prompt":"x","quality":"high","scale":7.5,"size":{"height":768,"width":1024},"strength":0.8,"watermark":true}`},
		"nested defaults": {`{"prompt":"x","size":{"width":64},"sizes":[{"width":65},{"width":66,"height":67}]}`,
			`{"n":1,"prompt":"x","quality":"high","scale":7.5,"size":{"height":768,"width":64},"sizes":[{"height":768,"width":65},{"height":67,"width":66}],"strength":0.8,"watermark":true}`},
		"defaults in maps":      {`{"prompt":"x","by_name":{"b":{"name":"i"}}}`, `{"by_name":{"b":{"alpha":1,"name":"i"}},` + strings.Replace(nonEmpty, `"quality"`, `"prompt":"x","quality"`, 1) + `}`},
		"markup is not escaped": {`{"prompt":"<b>&\u003e 狐\ud83e\udd8a"}`, `{` + strings.Replace(nonEmpty, `"quality"`, `"prompt":"<b>&> 狐🦊","quality"`, 1) + `}`},
		"unknown shapes stay":   {`{"prompt":"x","free":{"b":[1,null],"a":1.50}}`, `{"free":{"a":1.50,"b":[1,null]},` + strings.Replace(nonEmpty, `"quality"`, `"prompt":"x","quality"`, 1) + `}`},
		"the same, written differently": {`{"prompt":"x","n":1,"quality":"high","scale":7.5,"strength":0.80,"watermark":true}`,
			`{` + strings.Replace(nonEmpty, `"quality"`, `"prompt":"x","quality"`, 1) + `}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := compiled.Parse([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

type seeded struct {
	Prompt string `json:"prompt" minLength:"1"`
	Seed   *int64 `json:"seed,omitempty"`
	Big    uint64 `json:"big,omitempty"`
}

func TestParseBigNumbers(t *testing.T) {
	t.Parallel()
	s := schema.New(reflect.TypeFor[seeded]())
	for name, c := range map[string]struct{ in, want, fault string }{
		"every digit stays":         {in: `9007199254740993`, want: `9007199254740993`},
		"largest":                   {in: `9223372036854775807`, want: `9223372036854775807`},
		"smallest":                  {in: `-9223372036854775808`, want: `-9223372036854775808`},
		"minus zero":                {in: `-0`, want: `0`},
		"one too large":             {in: `9223372036854775808`, fault: "expected integer of at most 64 bits"},
		"a hundred digits":          {in: strings.Repeat("9", 100), fault: "expected integer of at most 64 bits"},
		"huge exponent":             {in: `1e999999999`, fault: "expected integer that is written out in digits"},
		"exponent beyond precision": {in: `1e18`, fault: "expected integer that is written out in digits"},
		"exponent within precision": {in: `1E15`, want: `1000000000000000`},
		"fraction":                  {in: `1.5`, fault: "expected integer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := s.Parse([]byte(`{"prompt":"x","seed":` + c.in + `}`))
			if c.fault != "" {
				if d := details(t, err); len(d) != 1 || d[0] != (fault.Detail{Location: "body.seed", Message: c.fault}) {
					t.Fatalf("got %v", d)
				}
				return
			}
			if want := `{"prompt":"x","seed":` + c.want + `}`; err != nil || string(got) != want {
				t.Fatalf("got %s, %v", got, err)
			}
		})
	}
	if got, err := s.Parse([]byte(`{"prompt":"x","big":18446744073709551615}`)); err != nil || !strings.Contains(string(got), "18446744073709551615") {
		t.Errorf("unsigned: %s, %v", got, err)
	}
	if _, err := s.Parse([]byte(`{"prompt":"x","big":-1}`)); err == nil {
		t.Error("a negative unsigned integer was accepted")
	}
}

func details(t *testing.T, err error) []fault.Detail {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Charged != fault.ChargedNo {
		t.Fatalf("want a fault of kind invalid, not charged: %#v", err)
	}
	return f.Details
}

func TestParseFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"empty":               {``, []string{"body: expected a JSON object, but it is empty"}},
		"cut off":             {`{"prompt":"x`, []string{"body: expected a JSON object, but it is cut off"}},
		"invalid JSON":        {`{"prompt":secret}`, []string{"body: expected a JSON object, but it is invalid JSON at byte 11"}},
		"two values":          {`{"prompt":"x"} {}`, []string{"body: expected one JSON object and nothing else"}},
		"a list":              {`[]`, []string{"body: expected object"}},
		"null":                {`null`, []string{"body: expected object"}},
		"missing":             {`{}`, []string{"body: expected required property prompt to be present"}},
		"required null":       {`{"prompt":null}`, []string{"body.prompt: expected string"}},
		"empty prompt":        {`{"prompt":""}`, []string{"body.prompt: expected length >= 1"}},
		"blank prompt":        {`{"prompt":" \n\u3000"}`, []string{"body.prompt: expected more than white space"}},
		"NUL":                 {`{"prompt":"a\u0000secret"}`, []string{"body.prompt: expected text without NUL characters"}},
		"too long by letters": {`{"prompt":"` + strings.Repeat("狐", 41) + `"}`, []string{"body.prompt: expected length <= 40"}},
		"all at once": {`{"prompt":7,"n":11,"quality":"secret","scale":"secret","colour":1,"watermark":"secret","images":["a","b","c"],"colors":["red","red","secret"]}`, []string{
			"body.colors: expected array items to be unique",
			`body.colors[2]: expected value to be one of "red, green"`,
			"body.colour: unexpected property, did you mean colors?",
			"body.images: expected array length <= 2",
			"body.n: expected number <= 10",
			"body.prompt: expected string",
			`body.quality: expected value to be one of "low, high"`,
			"body.scale: expected number",
			"body.watermark: expected boolean",
		}},
		"another case is another name": {`{"Prompt":"secret"}`, []string{
			"body: expected required property prompt to be present",
			"body.Prompt: unexpected property, did you mean prompt?",
		}},
		"keys that look like paths": {`{"prompt":"x","a.b[0":1,"zz.y":2,"z":3}`, []string{
			"body.a.b[0: unexpected property", "body.z: unexpected property", "body.zz.y: unexpected property",
		}},
		"nested":                  {`{"prompt":"x","size":{"widht":1},"sizes":[{"width":1},7]}`, []string{"body.size.widht: unexpected property, did you mean width?", "body.sizes[0].width: expected number >= 64", "body.sizes[1]: expected object"}},
		"too wide for Go":         {`{"prompt":"x","tiny":256}`, []string{"body.tiny: expected integer of at most 8 bits"}},
		"negative":                {`{"prompt":"x","tiny":-1}`, []string{"body.tiny: expected number >= 0"}},
		"float overflow":          {`{"prompt":"x","half":1e300}`, []string{"body.half: expected number of a size that can be stored"}},
		"format":                  {`{"prompt":"x","home":"http://secret host/%zz"}`, []string{"body.home: expected string to be RFC 3986 uri"}},
		"map values":              {`{"prompt":"x","extra":{"a":"secret"}}`, []string{"body.extra.a: expected integer"}},
		"null in a list":          {`{"prompt":"x","images":[null]}`, []string{"body.images[0]: expected string"}},
		"no list in list":         {`{"prompt":"x","points":[[0,1],null]}`, []string{"body.points[1]: expected array"}},
		"a text for an integer":   {`{"prompt":"x","n":"secret"}`, []string{"body.n: expected integer"}},
		"null as text":            {`{"prompt":"x","n":"null","quality":"None","size":"null"}`, []string{"body.n: expected integer", `body.quality: expected value to be one of "low, high"`, "body.size: expected object"}},
		"a list for one value":    {`{"prompt":["x","y"],"home":[1,2,3]}`, []string{"body.home: expected one value, not a list of 3", "body.prompt: expected one value, not a list of 2"}},
		"an empty list for one":   {`{"prompt":[]}`, []string{"body.prompt: expected one value, not a list of 0"}},
		"too many images for one": {`{"prompt":"x","image":["a","b","c"]}`, []string{"body.images: expected array length <= 2"}},
		"a list in an object":     {`{"prompt":"x","size":{"width":[64,65]}}`, []string{"body.size.width: expected one value, not a list of 2"}},
		"a number for text":       {`{"prompt":7}`, []string{"body.prompt: expected string"}},
		"deep in a list":          {`{"prompt":"x","layers":[{"name":1}]}`, []string{"body.layers[0].name: expected string"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := compiled.Parse([]byte(c.in))
			got := details(t, err)
			var lines []string
			for _, d := range got {
				lines = append(lines, d.Location+": "+d.Message)
			}
			if !reflect.DeepEqual(lines, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(c.want, "\n"))
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the value is repeated: %v", err)
			}
		})
	}
}

func TestParseLimitsFaults(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{"prompt":"x"`)
	for i := range 60 {
		b.WriteString(`,"` + strings.Repeat("k", 200) + string(rune('a'+i%26)) + `":1`)
	}
	for i := range 60 {
		b.WriteString(`,"` + strconv.Itoa(i) + strings.Repeat("y", 15*i) + `":1`)
	}
	_, err := compiled.Parse([]byte(b.String() + "}"))
	d := details(t, err)
	if len(d) != 33 || !strings.HasSuffix(d[32].Message, "more faults") {
		t.Fatalf("%d faults, last %v", len(d), d[len(d)-1])
	}
	if n := len(err.Error()); n > 8<<10 {
		t.Errorf("the answer has %d bytes", n)
	}
}

// Documents with too many values are refused before they are decoded, also as text in a
// field that has a list.
func TestParseLimitsValues(t *testing.T) {
	t.Parallel()
	items := "[" + strings.Repeat("1,", 2000) + "1]"
	for name, c := range map[string]struct{ in, code string }{
		"keys":   {`{"prompt":"x"` + strings.Repeat(`,"k":1`, 500) + `}`, "too_many_fields"},
		"items":  {`{"prompt":"x","images":` + items + `}`, "too_many_items"},
		"values": {`{"prompt":"x","images":[` + strings.Repeat("["+strings.Repeat("1,", 1000)+"1],", 20) + `1]}`, "too_many_values"},
		"depth":  {`{"prompt":` + strings.Repeat("[", 5000), "document_too_deep"},
	} {
		if _, err := compiled.Parse(compiled.Relax([]byte(c.in))); err == nil || fault.From(err).StableCode() != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Text that encoding/json would replace, and keys of which it would drop one, are faults
// beside the others of the input.
func TestParseRefusesChangedText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"not UTF-8":        {"{\"prompt\":\"\xba\xec\",\"n\":0}", []string{"body.n: expected number >= 1", "body.prompt: " + strictjson.NotUTF8}},
		"half a pair":      {`{"prompt":"\ud83e","x":1}`, []string{"body.prompt: the text has half a surrogate pair, which is no character; a pair of \\u escapes must be complete", "body.x: unexpected property"}},
		"equal keys":       {`{"prompt":"x","n":3,"n":1}`, []string{"body.n: the key is there twice; send it once"}},
		"equal keys, deep": {`{"prompt":"x","free":{"a":1,"a":2}}`, []string{"body.free.a: the key is there twice; send it once"}},
		"no JSON":          {"{\"prompt\":\"\xba\xec\\\"}", []string{"body: byte 12 is not valid UTF-8; send the body in UTF-8"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := compiled.Parse([]byte(c.in))
			var got []string
			for _, d := range details(t, err) {
				got = append(got, d.Location+": "+d.Message)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("\n got %q\nwant %q", got, c.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"prompt":"a fox"}`, `{"prompt":"x","n":1.0,"seed":9007199254740993}`, `{"prompt":"x","size":{"width":64},"image":"data:image/png;base64,AA==","layers":[{"name":"x"}]}`,
		`{"prompt":"x","free":{"a":1e400},"by_name":{"k":null}}`, `{"Prompt":1,"a.b[":{}}`, `[]`, `{`, `{"prompt":"\ud800","half":-0,"tiny":-0}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		out, err := compiled.Parse(raw)
		if err != nil {
			if out != nil || len(details(t, err)) == 0 {
				t.Fatalf("a fault without details: %v", err)
			}
			return
		}
		var in input
		if err := json.Unmarshal(out, &in); err != nil {
			t.Fatalf("the module cannot read %s: %v", out, err)
		}
		again, err := compiled.Parse(out)
		if err != nil || string(again) != string(out) {
			t.Fatalf("not canonical: %s became %s, %v", out, again, err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	raw := []byte(`{"prompt":"a fox in the snow","n":2,"size":{"width":512},"quality":"low"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := compiled.Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}
