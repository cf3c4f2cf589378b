package schema

import (
	"encoding/json"
	"reflect"
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
)

type exampleInput struct {
	Prompt string            `json:"prompt" minLength:"1" example:"a boat"`
	Title  string            `json:"title"`
	Style  string            `json:"style" enum:"plain,fancy"`
	Count  int               `json:"count" minimum:"2"`
	Tags   []string          `json:"tags" nullable:"false"`
	Image  provider.ImageRef `json:"image,omitempty"`
	Mask   provider.ImageRef `json:"mask,omitempty"`
	Seed   *int64            `json:"seed,omitempty" example:"7"`
}

// Check implements [module.InputChecker].
func (in exampleInput) Check() []module.FieldError {
	if in.Image == "" {
		return []module.FieldError{{Field: "image", Message: "is required"}}
	}
	return nil
}

// An example has the required fields and the images that the input's check misses, and
// is valid.
func TestExample(t *testing.T) {
	t.Parallel()
	s := New(reflect.TypeFor[exampleInput]())
	got := s.Example()
	want := map[string]any{
		"prompt": "a boat", "title": "a red fox in the snow", "style": "plain", "count": 2.0, "tags": []any{"a red fox in the snow"}, "image": SampleImage(),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
	doc, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Parse(doc); err != nil {
		t.Error(err)
	}
	if n := len(SampleImage()); n > 600 {
		t.Errorf("the sample image has %d bytes", n)
	}
}
