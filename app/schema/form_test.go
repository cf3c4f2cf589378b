package schema_test

import (
	"strings"
	"testing"
)

func TestFromForm(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   map[string][]string
		want string
	}{
		"texts are converted": {
			map[string][]string{"prompt": {"42"}, "n": {" 3 "}, "scale": {"2.50"}, "watermark": {"off"}},
			`{"n":3,"prompt":"42","scale":2.50,"watermark":false}`,
		},
		"lists by repetition":   {map[string][]string{"images": {"a", "b"}}, `{"images":["a","b"]}`},
		"lists by brackets":     {map[string][]string{"images[]": {"a"}, "images": {"b"}}, `{"images":["b","a"]}`},
		"lists as JSON":         {map[string][]string{"images": {` ["a","b"]`}}, `{"images":["a","b"]}`},
		"not a JSON list":       {map[string][]string{"colors": {"[red"}}, `{"colors":["[red"]}`},
		"objects as JSON":       {map[string][]string{"size": {`{"width":64}`}}, `{"size":{"width":64}}`},
		"not convertible":       {map[string][]string{"n": {"many"}, "size": {"1024x1024"}, "watermark": {"perhaps"}}, `{"n":"many","size":"1024x1024","watermark":"perhaps"}`},
		"empty is left out":     {map[string][]string{"n": {""}, "quality": {""}, "images": {""}}, `{}`},
		"an empty prompt stays": {map[string][]string{"prompt": {""}}, `{"prompt":""}`},
		"unknown names stay":    {map[string][]string{"colour": {"secret"}}, `{"colour":true}`},
		"repeated, not a list":  {map[string][]string{"n": {"1", "2"}}, `{"n":["1","2"]}`},
		"big integers":          {map[string][]string{"seed": {"9007199254740993"}}, `{"seed":9007199254740993}`},
		"leading zeros":         {map[string][]string{"n": {"007"}}, `{"n":7}`},
		"words for numbers":     {map[string][]string{"scale": {"true"}, "n": {"null"}}, `{"n":"null","scale":"true"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := compiled.FromForm(c.in)
			if err != nil || !sameNames(string(got), c.want) {
				t.Errorf("got %s, %v, want %s", got, err, c.want)
			}
		})
	}
}

// sameNames compares two objects; "images" and "images[]" are merged in any order.
func sameNames(got, want string) bool {
	return got == want || strings.ReplaceAll(got, `["a","b"]`, `["b","a"]`) == want
}

func TestFormFaultsAreThoseOfJSON(t *testing.T) {
	t.Parallel()
	raw, err := compiled.FromForm(map[string][]string{"prompt": {""}, "n": {"secret"}, "colour": {"secret"}, "quality": {"low", "high"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = compiled.Parse(raw)
	var got []string
	for _, d := range details(t, err) {
		got = append(got, d.Location+": "+d.Message)
	}
	want := "body.colour: unexpected property, did you mean colors?; body.n: expected integer; body.prompt: expected length >= 1; body.quality: expected one value, not a list of 2"
	if all := strings.Join(got, "; "); !strings.HasPrefix(all, want) || strings.Contains(all, "secret") {
		t.Errorf("got %s", all)
	}
}
