package schema_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"aigc/app/provider"
	"aigc/app/schema"
)

func TestJSONIsSelfContained(t *testing.T) {
	t.Parallel()
	var doc struct {
		Type                 string
		AdditionalProperties *bool
		Required             []string
		Properties           map[string]map[string]any
		Defs                 map[string]struct{ Properties map[string]map[string]any } `json:"$defs"`
	}
	if err := json.Unmarshal(compiled.JSON(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Type != "object" || doc.AdditionalProperties == nil || *doc.AdditionalProperties || !reflect.DeepEqual(doc.Required, []string{"prompt"}) {
		t.Errorf("not an object without additional properties: %s", compiled.JSON())
	}
	for _, part := range strings.Split(string(compiled.JSON()), `"$ref":"`)[1:] {
		ref, _, _ := strings.Cut(part, `"`)
		if _, ok := doc.Defs[strings.TrimPrefix(ref, "#/$defs/")]; !ok {
			t.Errorf("%s is not in $defs", ref)
		}
	}
	if strings.Contains(string(compiled.JSON()), `"null"`) {
		t.Error("an optional field or an element of a list is shown as nullable")
	}
	if got := doc.Properties["image"]["description"]; got != "The image to edit. An http(s) URL, a data URL, base64 or the id of an asset." {
		t.Errorf("image says %q", got)
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	byName := map[string]schema.Field{}
	var order []string
	for _, f := range compiled.Fields() {
		byName[f.Name] = f
		order = append(order, f.Name)
	}
	if got := strings.Join(order[:3], " "); got != "prompt quality n" {
		t.Errorf("order %s", got)
	}
	for name, want := range map[string]schema.Field{
		"prompt":   {Name: "prompt", Type: "string", Doc: "What to draw.", Required: true},
		"quality":  {Name: "quality", Type: "string", Default: "high", Enum: []string{"low", "high"}},
		"n":        {Name: "n", Type: "integer", Default: json.Number("1")},
		"strength": {Name: "strength", Type: "number", Default: 0.8},
		"images":   {Name: "images", Type: "string", Doc: "An http(s) URL, a data URL, base64 or the id of an asset.", Image: true, Many: true},
		"colors":   {Name: "colors", Type: "string", Enum: []string{"red", "green"}, Many: true},
		"size":     {Name: "size", Type: "object"},
	} {
		got := byName[name]
		got.Minimum, got.Maximum = nil, nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	if n := byName["n"]; *n.Minimum != 1 || *n.Maximum != 10 {
		t.Errorf("range of n: %v to %v", *n.Minimum, *n.Maximum)
	}
	if _, ok := compiled.Field("nothing"); ok {
		t.Error("found a field that is not there")
	}
}

func TestRegisterTakesTheSameNameFromManyPackages(t *testing.T) {
	t.Parallel()
	reg := huma.NewMapRegistry("#/components/schemas/", schema.Name)
	ref := schema.Register(reg, reflect.TypeFor[input]())
	again := schema.Register(reg, reflect.TypeFor[*input]())
	if ref.Ref != "#/components/schemas/Schema_testInput" || again.Ref != ref.Ref {
		t.Errorf("got %s and %s", ref.Ref, again.Ref)
	}
	text, err := json.Marshal(reg.SchemaFromRef(ref.Ref))
	if err != nil || strings.Count(string(text), "The image to edit. An http(s) URL") != 1 {
		t.Errorf("%s, %v", text, err)
	}
}

type hidden struct {
	Secret string `json:"secret"`
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, typ := range map[string]reflect.Type{
		"not a struct":            reflect.TypeFor[string](),
		"a field huma cannot see": reflect.TypeFor[struct{ hidden }](),
		"an image in a nested struct": reflect.TypeFor[struct {
			Layers []struct {
				Image provider.ImageRef `json:"image"`
			} `json:"layers"`
		}](),
		"a default of a wrong type": reflect.TypeFor[struct {
			N int `json:"n" default:"many"`
		}](),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("New did not panic")
				}
			}()
			schema.New(typ)
		})
	}
}
