package provider_test

import (
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
