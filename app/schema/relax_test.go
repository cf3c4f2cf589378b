package schema_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/schema"
)

type relaxed struct {
	Prompt  string              `json:"prompt" minLength:"1"`
	N       int                 `json:"n,omitempty" minimum:"1" maximum:"4" default:"1"`
	Scale   *float64            `json:"scale,omitempty"`
	Mark    *bool               `json:"mark,omitempty"`
	Size    string              `json:"size,omitempty" pattern:"^(auto|2K|1\\.5K|[0-9]{2,5}x[0-9]{2,5})$" patternDescription:"auto, 1.5K, 2K or WIDTHxHEIGHT"`
	Ratio   string              `json:"aspect_ratio,omitempty" enum:"1:1,16:9"`
	Speed   string              `json:"speed,omitempty" enum:"fast,Very slow"`
	Letter  string              `json:"letter,omitempty" enum:"a,A,b"`
	Amount  string              `json:"amount,omitempty" enum:"auto,2,3"`
	Mode    string              `json:"mode,omitempty" enum:",on"`
	Note    string              `json:"note,omitempty"`
	Image   provider.ImageRef   `json:"image,omitempty"`
	Images  []provider.ImageRef `json:"images,omitempty" nullable:"false"`
	Mask    provider.ImageRef   `json:"mask,omitempty"`
	Seeds   []int               `json:"seeds,omitempty" nullable:"false"`
	Corner  []int               `json:"corner,omitempty" nullable:"false" minItems:"2"`
	Words   []string            `json:"words,omitempty" nullable:"false"`
	Options *relaxedOptions     `json:"options,omitempty"`
	Steps   []relaxedOptions    `json:"steps,omitempty" nullable:"false"`
	Labels  map[string]int      `json:"labels,omitempty"`
	Free    json.RawMessage     `json:"free,omitempty"`
}

type relaxedOptions struct {
	Max int    `json:"max,omitempty"`
	How string `json:"how,omitempty" enum:"fast,slow"`
}

var relaxedSchema = schema.New(reflect.TypeFor[relaxed]())

// Values that mean the same as one of the schema's type are accepted by every face.
func TestParseRelaxes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"right types":               {`{"n":2,"mark":true,"images":["a"]}`, `{"images":["a"],"mark":true,"n":2}`},
		"numbers as text":           {`{"n":"2","scale":" 0.5\n"}`, `{"n":2,"scale":0.5}`},
		"1.0 as text":               {`{"n":"1.0","seeds":["1e1","007"]}`, `{"n":1,"seeds":[10,7]}`},
		"every digit of text stays": {`{"seeds":"9007199254740993"}`, `{"n":1,"seeds":[9007199254740993]}`},
		"booleans as text":          {`{"mark":" TRUE "}`, `{"mark":true,"n":1}`},
		"False":                     {`{"mark":"False"}`, `{"mark":false,"n":1}`},
		"boolean as number":         {`{"mark":0}`, `{"mark":false,"n":1}`},
		"list as text":              {`{"images":"[\"a\",\"b\"]","seeds":" [1,\"2\"]\n"}`, `{"images":["a","b"],"n":1,"seeds":[1,2]}`},
		"empty list as text":        {`{"images":"[]","seeds":[]}`, `{"n":1}`},
		"one value for a list":      {`{"images":"a","seeds":7,"steps":{"max":1}}`, `{"images":["a"],"n":1,"seeds":[7],"steps":[{"max":1}]}`},
		"object as text":            {`{"options":"{\"max\":\"3\",\"how\":\"\"}"}`, `{"n":1,"options":{"max":3}}`},
		"objects as text in a list": {`{"steps":["{\"max\":1}",{"max":"2"}]}`, `{"n":1,"steps":[{"max":1},{"max":2}]}`},
		"list of objects as text":   {`{"steps":"[{\"max\":\"1\"}]"}`, `{"n":1,"steps":[{"max":1}]}`},
		"values of a map":           {`{"labels":{"a":"1","b":[2]}}`, `{"labels":{"a":1,"b":2},"n":1}`},
		"a list of one":             {`{"image":["a"],"n":[2],"mark":["true"],"options":[{"max":1}],"note":["x"]}`, `{"image":"a","mark":true,"n":2,"note":"x","options":{"max":1}}`},
		"a list of one as text":     {`{"image":"[\"a\"]"}`, `{"image":"a","n":1}`},
		"a list of a list of one":   {`{"image":[["a"]]}`, `{"image":"a","n":1}`},
		"brackets in a text stay":   {`{"note":"[\"a\"]","words":["[1]"]}`, `{"n":1,"note":"[\"a\"]","words":["[1]"]}`},
		"several images for one":    {`{"image":["a","b"],"images":["c"]}`, `{"images":["a","b","c"],"n":1}`},
		"several images as text":    {`{"image":"[\"a\",\"b\"]","images":"c"}`, `{"images":["a","b","c"],"n":1}`},

		"empty text":                    {`{"n":"","scale":"","mark":"","size":"","aspect_ratio":"","image":"","images":"","mask":" ","seeds":"","options":"","steps":"","labels":""}`, `{"n":1}`},
		"empty text in an object":       {`{"options":{"how":"","max":""},"steps":[{"how":""}]}`, `{"n":1,"options":{},"steps":[{}]}`},
		"empty text in a list":          {`{"images":["",  "a"," "],"seeds":[""]}`, `{"images":["a"],"n":1}`},
		"empty text with a meaning":     {`{"mode":"","note":"","words":[""]}`, `{"mode":"","n":1,"note":"","words":[""]}`},
		"white space":                   {`{"n":" ","size":"\n","note":" "}`, `{"n":1,"note":" "}`},
		"empty list for one value":      {`{"image":[],"n":[],"options":[]}`, `{"n":1}`},
		"empty list of at least two":    {`{"corner":[]}`, `{"n":1}`},
		"list of an empty text for one": {`{"image":[""],"n":[""]}`, `{"n":1}`},
		"null":                          {`{"size":null,"images":null,"n":null}`, `{"n":1}`},

		"enum in capitals":          {`{"speed":"FAST"}`, `{"n":1,"speed":"fast"}`},
		"enum in small letters":     {`{"speed":" very slow "}`, `{"n":1,"speed":"Very slow"}`},
		"enum in an object":         {`{"options":{"how":"Slow"}}`, `{"n":1,"options":{"how":"slow"}}`},
		"one of two cases":          {`{"letter":"A"}`, `{"letter":"A","n":1}`},
		"the only one":              {`{"letter":"B"}`, `{"letter":"b","n":1}`},
		"size with X":               {`{"size":"1024X768"}`, `{"n":1,"size":"1024x768"}`},
		"size with a star":          {`{"size":"1024 * 768"}`, `{"n":1,"size":"1024x768"}`},
		"size with a times sign":    {`{"size":"1024×768"}`, `{"n":1,"size":"1024x768"}`},
		"size in pixels":            {`{"size":"1024 x 768 px"}`, `{"n":1,"size":"1024x768"}`},
		"named size":                {`{"size":"2k"}`, `{"n":1,"size":"2K"}`},
		"named size with a point":   {`{"size":" 1.5 k"}`, `{"n":1,"size":"1.5K"}`},
		"size auto":                 {`{"size":"AUTO"}`, `{"n":1,"size":"auto"}`},
		"ratio with spaces":         {`{"aspect_ratio":"16 : 9"}`, `{"aspect_ratio":"16:9","n":1}`},
		"ratio with x":              {`{"aspect_ratio":"16x9"}`, `{"aspect_ratio":"16:9","n":1}`},
		"ratio as size":             {`{"size":"16:9"}`, `{"aspect_ratio":"16:9","n":1}`},
		"ratio with spaces as size": {`{"size":" 1 / 1"}`, `{"aspect_ratio":"1:1","n":1}`},
		"ratio in both":             {`{"size":"16:9","aspect_ratio":"16:9"}`, `{"aspect_ratio":"16:9","n":1}`},
		"any shape stays":           {`{"free":["",["1"]]}`, `{"free":["",["1"]],"n":1}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := relaxedSchema.Parse([]byte(`{"prompt":"x",` + c.in[1:]))
			if err != nil {
				t.Fatal(err)
			}
			want, err := relaxedSchema.Parse([]byte(`{"prompt":"x",` + c.want[1:]))
			if err != nil {
				t.Fatal(err)
			}
			var fields map[string]json.RawMessage
			if err := json.Unmarshal(got, &fields); err != nil {
				t.Fatal(err)
			}
			delete(fields, "prompt")
			if bare, _ := json.Marshal(fields); string(bare) != c.want || string(got) != string(want) {
				t.Errorf("got  %s\nwant %s", bare, c.want)
			}
		})
	}
}

// What has no one meaning is refused, with its field.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in    string
		where string
		want  string
	}{
		"empty required text":   {`{"prompt":""}`, "body.prompt", "expected length >= 1"},
		"null as text":          {`{"prompt":"x","options":"null"}`, "body.options", "expected object"},
		"None":                  {`{"prompt":"x","n":"None"}`, "body.n", "expected integer"},
		"a fraction":            {`{"prompt":"x","n":"1.5"}`, "body.n", "expected integer"},
		"a unit":                {`{"prompt":"x","n":"2 images"}`, "body.n", "expected integer"},
		"a number as boolean":   {`{"prompt":"x","mark":2}`, "body.mark", "expected boolean"},
		"a boolean as number":   {`{"prompt":"x","n":true}`, "body.n", "expected integer"},
		"several for one":       {`{"prompt":"x","n":[1,2]}`, "body.n", "expected one value, not a list of 2"},
		"several for one image": {`{"prompt":"x","mask":["a","b","c"]}`, "body.mask", "expected one value, not a list of 3"},
		"either of two cases":   {`{"prompt":"x","letter":"AB"}`, "body.letter", `expected value to be one of "a, A, b"`},
		"two ratios":            {`{"prompt":"x","size":"16:9","aspect_ratio":"1:1"}`, "body.size", "expected auto, 1.5K, 2K or WIDTHxHEIGHT, not a ratio; aspect_ratio takes one"},
		"another ratio":         {`{"prompt":"x","size":"5:4"}`, "body.size", "expected auto, 1.5K, 2K or WIDTHxHEIGHT, not a ratio; aspect_ratio takes one"},
		"no size":               {`{"prompt":"x","size":"large"}`, "body.size", "expected string to be auto, 1.5K, 2K or WIDTHxHEIGHT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := relaxedSchema.Parse([]byte(c.in))
			if got := details(t, err); len(got) != 1 || got[0] != (fault.Detail{Location: c.where, Message: c.want}) {
				t.Errorf("got %v", got)
			}
		})
	}
	type sized struct {
		Size string `json:"size,omitempty" pattern:"^[0-9]+x[0-9]+$" patternDescription:"WIDTHxHEIGHT"`
	}
	_, err := schema.New(reflect.TypeFor[sized]()).Parse([]byte(`{"size":"16:9"}`))
	if got := details(t, err); len(got) != 1 || got[0].Message != "expected WIDTHxHEIGHT, not a ratio; there is no field aspect_ratio here" {
		t.Errorf("without aspect_ratio: %v", got)
	}
}

// Only language models send numbers for text.
func TestRelax(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"number for an enum":  {`{"amount":3}`, `{"amount":"3"}`},
		"number for text":     {`{"note":12,"images":[7]}`, `{"images":["7"],"note":"12"}`},
		"others as in Parse":  {`{"n":"2","mark":"no","image":["a"],"size":"2k","speed":""}`, `{"image":"a","mark":false,"n":2,"size":"2K"}`},
		"required text stays": {`{"prompt":""}`, `{"prompt":""}`},
		"what cannot be":      {`{"n":"many","mark":"perhaps","options":"x"}`, `{"mark":"perhaps","n":"many","options":"x"}`},
		"unknown field":       {`{"steppes":"3"}`, `{"steppes":"3"}`},
		"large number":        {`{"n":9007199254740993}`, `{"n":9007199254740993}`},
		"no object":           {`[1]`, `[1]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := relaxedSchema.Relax(json.RawMessage(c.in))
			if string(got) != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if again := relaxedSchema.Relax(got); string(again) != string(got) {
				t.Errorf("again: %s", again)
			}
		})
	}
}
