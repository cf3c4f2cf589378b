package schema_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"aigc/app/provider"
	"aigc/app/schema"
)

type relaxed struct {
	Prompt  string              `json:"prompt" minLength:"1"`
	N       int                 `json:"n,omitempty" minimum:"1" maximum:"4" default:"1"`
	Scale   *float64            `json:"scale,omitempty"`
	Mark    *bool               `json:"mark,omitempty"`
	Size    string              `json:"size,omitempty" enum:"small,large"`
	Amount  string              `json:"amount,omitempty" enum:"auto,2,3"`
	Note    string              `json:"note,omitempty"`
	Image   provider.ImageRef   `json:"image,omitempty"`
	Images  []provider.ImageRef `json:"images,omitempty" nullable:"false"`
	Seeds   []int               `json:"seeds,omitempty" nullable:"false"`
	Options *relaxedOptions     `json:"options,omitempty"`
}

type relaxedOptions struct {
	Max int    `json:"max,omitempty"`
	How string `json:"how,omitempty" enum:"fast,slow"`
}

func TestRelax(t *testing.T) {
	t.Parallel()
	s := schema.New(reflect.TypeFor[relaxed]())
	for name, c := range map[string]struct{ in, want string }{
		"right types":          {`{"prompt":"x","n":2,"mark":true,"images":["a"]}`, `{"images":["a"],"mark":true,"n":2,"prompt":"x"}`},
		"numbers as text":      {`{"n":"2","scale":" 0.5 "}`, `{"n":2,"scale":0.5}`},
		"boolean as text":      {`{"mark":"False"}`, `{"mark":false}`},
		"list as text":         {`{"images":"[\"a\",\"b\"]","seeds":"[1,\"2\"]"}`, `{"images":["a","b"],"seeds":[1,2]}`},
		"one value for a list": {`{"images":"a","seeds":7}`, `{"images":["a"],"seeds":[7]}`},
		"object as text":       {`{"options":"{\"max\":\"3\"}"}`, `{"options":{"max":3}}`},
		"number for text":      {`{"amount":3}`, `{"amount":"3"}`},
		"empty text":           {`{"prompt":"","n":"","size":"","image":"","images":"","options":"","note":""}`, `{"note":"","prompt":""}`},
		"empty in an object":   {`{"options":{"how":"","max":"4"}}`, `{"options":{"max":4}}`},
		"null":                 {`{"size":null,"images":null}`, `{"images":null,"size":null}`},
		"no number":            {`{"n":"many","mark":"perhaps","options":"x","images":[7]}`, `{"images":["7"],"mark":"perhaps","n":"many","options":"x"}`},
		"unknown field":        {`{"steps":"3"}`, `{"steps":"3"}`},
		"large number":         {`{"n":9007199254740993}`, `{"n":9007199254740993}`},
		"no object":            {`[1]`, `[1]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := s.Relax(json.RawMessage(c.in)); string(got) != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
