package mcpapi

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
)

type drawInput struct {
	Prompt string `json:"prompt" minLength:"1" doc:"What to draw."`
	N      int    `json:"n,omitempty" minimum:"1" maximum:"4" default:"1" doc:"How many."`
	Style  string `json:"style,omitempty" enum:"vivid,natural" doc:"Look."`
}

type redrawInput struct {
	Prompt   string              `json:"prompt" minLength:"1" doc:"What to change."`
	N        int                 `json:"n,omitempty" minimum:"1" maximum:"4" default:"1" doc:"How many."`
	Images   []provider.ImageRef `json:"images,omitempty" maxItems:"3" nullable:"false" doc:"What to edit."`
	Mask     provider.ImageRef   `json:"mask,omitempty" doc:"Where."`
	Fidelity string              `json:"fidelity,omitempty" enum:"low,high" doc:"How much stays."`
	Frame    *frame              `json:"frame,omitempty" doc:"A nested object."`
}

// painter is a module whose first tool also runs its second operation.
var painter = module.Define(module.Spec{Name: "painter", Title: "Painter"},
	module.Declare(module.Operation{
		Name: "draw", Paths: []string{"/painter/draw"}, Tool: "create_painter_image", Media: module.Image, Primary: true, WithImages: "redraw",
		Title: "Paint", Doc: "Paints.",
	}, module.Sync[drawInput](toyco, generator[drawInput]{}, oneModel("painter-1"))),
	module.Declare(module.Operation{
		Name: "redraw", Paths: []string{"/painter/redraw"}, Tool: "create_painter_edit", Media: module.Image,
		Title: "Repaint", Doc: "Repaints.",
	}, module.Sync[redrawInput](toyco, generator[redrawInput]{}, oneModel("painter-1"))),
)

// A tool with input images runs the operation that takes them, with its schema, so
// that key, hash and validation are those of that operation.
func TestToolWithImages(t *testing.T) {
	t.Parallel()
	const asset = "01930000-0000-7000-8000-000000000009"
	r := start(t, newFake(t, painter))
	c := r.connect(t, nil, "")
	for name, tc := range map[string]struct {
		args    map[string]any
		kind    string
		input   string
		warning string
	}{
		"text alone":            {map[string]any{"prompt": "x", "style": "vivid"}, "painter.draw", `{"prompt":"x","style":"vivid"}`, ""},
		"an image":              {map[string]any{"prompt": "x", "images": []string{asset}}, "painter.redraw", `{"images":["` + asset + `"],"prompt":"x"}`, ""},
		"a mask":                {map[string]any{"prompt": "x", "mask": asset}, "painter.redraw", `{"mask":"` + asset + `","prompt":"x"}`, ""},
		"empty images":          {map[string]any{"prompt": "x", "images": []string{}, "mask": "", "fidelity": nil, "n": 2}, "painter.draw", `{"n":2,"prompt":"x"}`, ""},
		"empty images as text":  {map[string]any{"prompt": "x", "images": "[]", "mask": " ", "fidelity": ""}, "painter.draw", `{"prompt":"x"}`, ""},
		"images as text":        {map[string]any{"prompt": "x", "images": `["` + asset + `"]`, "n": "1.0"}, "painter.redraw", `{"images":["` + asset + `"],"n":1.0,"prompt":"x"}`, ""},
		"a list of one mask":    {map[string]any{"prompt": "x", "mask": []string{asset}}, "painter.redraw", `{"mask":"` + asset + `","prompt":"x"}`, ""},
		"an option of edits":    {map[string]any{"prompt": "x", "fidelity": "low"}, "painter.redraw", `{"fidelity":"low","prompt":"x"}`, ""},
		"an option of drawings": {map[string]any{"prompt": "x", "images": []string{asset}, "style": "vivid"}, "painter.redraw", `{"images":["` + asset + `"],"prompt":"x"}`, "style ignored"},
		"an empty one":          {map[string]any{"prompt": "x", "images": []string{asset}, "style": ""}, "painter.redraw", `{"images":["` + asset + `"],"prompt":"x"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := c.call("create_painter_image", tc.args)
			req := r.last()
			if a.IsError || req.Operation.Kind() != tc.kind || string(req.Input) != tc.input {
				t.Errorf("%s: %s %s", a.text, req.Operation.Kind(), req.Input)
			}
			if strings.Contains(a.text, "Warning: "+tc.warning) != (tc.warning != "") {
				t.Errorf("the text is %q", a.text)
			}
		})
	}
	for name, tc := range map[string]struct {
		args map[string]any
		want []string
	}{
		"unknown without images": {map[string]any{"prompt": "x", "colour": "red"}, []string{"colour: unexpected property"}},
		"unknown with images":    {map[string]any{"prompt": "x", "images": []string{asset}, "mosk": "m"}, []string{"mosk: unexpected property, did you mean mask?"}},
		"of the edit":            {map[string]any{"images": []string{asset}, "fidelity": "no", "n": 9}, []string{"arguments: expected required property prompt to be present", `fidelity: expected value to be one of "low, high"`, "n: expected number <= 4"}},
	} {
		t.Run(name, func(t *testing.T) {
			if a := c.call("create_painter_image", tc.args); !a.IsError || !reflect.DeepEqual(a.faults(), tc.want) {
				t.Errorf("%v, want %v", a.faults(), tc.want)
			}
		})
	}
	first := c.call("create_painter_image", map[string]any{"prompt": "k", "images": []string{asset}, "idempotency_key": "one"})
	c.call("create_painter_image", map[string]any{"prompt": "k", "images": []string{asset}, "idempotency_key": "one"}).want(t, map[string]any{"task_id": first.data["task_id"]})
	c.call("create_painter_edit", map[string]any{"prompt": "k", "images": []string{asset}, "idempotency_key": "one"}).want(t, map[string]any{"task_id": first.data["task_id"]})
	c.call("quote_generation", map[string]any{"tool": "create_painter_image", "arguments": map[string]any{"prompt": "x", "mask": asset}}).want(t, map[string]any{"count": 1.0})
}

// The tool that another one replaces can be called but is not listed, and the
// arguments of both are in one schema.
func TestReplacedTool(t *testing.T) {
	t.Parallel()
	c := start(t, newFake(t, painter, toy)).connect(t, nil, "")
	if c.tools["create_painter_edit"] != nil || c.tools["create_painter_image"] == nil {
		t.Error("the replaced tool is listed")
	}
	listed := string(encode(c.tools["create_painter_image"].InputSchema))
	for _, name := range []string{"images", "mask", "fidelity", "style"} {
		if !strings.Contains(listed, `"`+name+`":{`) {
			t.Errorf("%s is not listed: %s", name, listed)
		}
	}
	a := c.call("list_models", map[string]any{"module": "painter", "details": true})
	tools, _ := a.data["tools"].([]any)
	if rows, _ := a.data["models"].([]any); len(rows) != 1 || len(tools) != 1 {
		t.Fatalf("%s", encode(a.data))
	}
	entry, _ := tools[0].(map[string]any)
	var s struct {
		Properties           map[string]json.RawMessage `json:"properties"`
		Defs                 map[string]json.RawMessage `json:"$defs"`
		Required             []string                   `json:"required"`
		AdditionalProperties bool                       `json:"additionalProperties"`
	}
	if err := json.Unmarshal(encode(entry["arguments"]), &s); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"prompt", "n", "style", "images", "mask", "fidelity", "frame", "idempotency_key", "wait_seconds", "no_join"} {
		if s.Properties[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	if entry["tool"] != "create_painter_image" || len(s.Properties) != 10 || len(s.Defs) != 1 || !reflect.DeepEqual(s.Required, []string{"prompt"}) {
		t.Errorf("%s", encode(entry))
	}
	if !strings.Contains(a.text, "Arguments of create_painter_image as a JSON schema:\n{") {
		t.Error(a.text)
	}
	if a = c.call("list_models", map[string]any{"details": true}); !reflect.DeepEqual(a.faults(), []string{"module: expected the module whose arguments to show"}) {
		t.Errorf("%v", a.faults())
	}
}
