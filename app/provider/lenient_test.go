package provider_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"aigc/app/provider"
)

// Other fields are decoded although one has an unexpected type.
func TestUnmarshalIsLenient(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, want string
		fails      bool
	}{
		"a number":         {`{"word":12345678901234567890,"id":"a"}`, "12345678901234567890", false},
		"a text":           {`{"word":"3 credits","id":"a"}`, "3 credits", false},
		"an empty text":    {`{"word":"","id":"a"}`, "", false},
		"null":             {`{"word":null,"id":"a"}`, "", false},
		"an object":        {`{"word":{"x":1},"id":"a"}`, "", false},
		"a list elsewhere": {`{"list":"no list","word":1,"id":"a"}`, "1", false},
		"no JSON":          {`{"id":"a"`, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out struct {
				List []string      `json:"list"`
				Word provider.Text `json:"word"`
				ID   string        `json:"id"`
			}
			err := provider.Unmarshal([]byte(c.text), &out)
			if (err != nil) != c.fails || !c.fails && (out.ID != "a" || string(out.Word) != c.want) {
				t.Errorf("%v %+v", err, out)
			}
		})
	}
	if f, ok := provider.Text("2.5").Float(); !ok || f != 2.5 {
		t.Error("2.5 is a number")
	}
	if _, ok := provider.Text("3 credits").Float(); ok {
		t.Error("3 credits is no number")
	}
	if n, ok := provider.Text("7").Int(); !ok || n != 7 {
		t.Error("7 is an integer")
	}
}

func TestLenientTypes(t *testing.T) {
	t.Parallel()
	type item struct {
		URL string `json:"url"`
	}
	for body, want := range map[string]string{
		`{"n":7,"f":true,"l":[{"url":"a"},{"url":"b"}]}`:        "7 true [{a} {b}]",
		`{"n":"7","f":"TRUE","l":{"url":"a"}}`:                  "7 true [{a}]",
		`{"n":7.0,"f":1,"l":[]}`:                                "7 true []",
		`{"n":"7.5","f":"no","l":null}`:                         "0 false []",
		`{"n":null,"f":null}`:                                   "0 false []",
		`{"n":{},"f":[],"l":7}`:                                 "0 false []",
		`{"n":[1],"f":"1","l":[null,7,{"url":7},{"url":"a"}]}`:  "0 true [{} {} {} {a}]",
		`{"n":1e300,"f":"yes","l":"a"}`:                         "0 true [{}]",
		`{"n":"9007199254740993","f":false,"l":[{"url":"\""}]}`: `9007199254740993 false [{"}]`,
	} {
		var v struct {
			N provider.Int         `json:"n"`
			F provider.Flag        `json:"f"`
			L provider.Items[item] `json:"l"`
		}
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		if got := fmt.Sprint(v.N, " ", v.F, " ", []item(v.L)); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}
