package httpapi

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/schema"
	"aigc/app/service"
)

type sizeInput struct {
	Prompt  string `json:"prompt"`
	Model   string `json:"model,omitempty"`
	Size    string `json:"size,omitempty"`
	Quality string `json:"quality,omitempty"`
}

type sidesInput struct {
	Prompt string `json:"prompt"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

type ratioInput struct {
	Prompt string `json:"prompt"`
	Ratio  string `json:"aspect_ratio,omitempty" enum:"auto,1:1,16:9,9:16"`
}

type promptInput struct {
	Prompt string `json:"prompt"`
}

// The fields that the route accepts for every module become those of the operation.
func TestFitInput(t *testing.T) {
	t.Parallel()
	const fields = `{"prompt":"x","model":"toy/m","size":"1280x720","quality":"hd"}`
	for name, c := range map[string]struct {
		input    any
		doc, id  string
		want     string
		warnings []string
	}{
		"all of them":       {sizeInput{}, fields, "m", `{"model":"m","prompt":"x","quality":"hd","size":"1280x720"}`, nil},
		"the default model": {sizeInput{}, `{"prompt":"x","model":"auto"}`, "", `{"prompt":"x"}`, nil},
		"sides":             {sidesInput{}, fields, "", `{"height":720,"prompt":"x","width":1280}`, []string{"quality ignored"}},
		"sides set":         {sidesInput{}, `{"prompt":"x","size":"1280x720","width":512,"height":512}`, "", `{"height":512,"prompt":"x","width":512}`, nil},
		"ratio":             {ratioInput{}, `{"prompt":"x","size":"1024x1792"}`, "", `{"aspect_ratio":"9:16","prompt":"x"}`, []string{"size 1024x1792 replaced by aspect_ratio 9:16"}},
		"a ratio as size":   {ratioInput{}, `{"prompt":"x","size":"16:9"}`, "", `{"aspect_ratio":"16:9","prompt":"x"}`, nil},
		"a ratio, no field": {promptInput{}, `{"prompt":"x","size":"16:9"}`, "", `{"prompt":"x"}`, []string{"size ignored"}},
		"automatic size":    {ratioInput{}, `{"prompt":"x","size":"auto"}`, "", `{"prompt":"x"}`, nil},
		"neither":           {promptInput{}, fields, "", `{"prompt":"x"}`, []string{"size ignored", "quality ignored"}},
		"unknown field":     {promptInput{}, `{"prompt":"x","steps":3}`, "", `{"prompt":"x","steps":3}`, nil},
		"model of no text":  {sizeInput{}, `{"prompt":"x","model":7}`, "m", `{"model":7,"prompt":"x"}`, nil},
		"no object":         {sizeInput{}, `[1]`, "m", `[1]`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			typ := reflect.TypeOf(c.input)
			op := service.Operation{Registered: &module.Registered{Module: module.Spec{Title: "Toy"}, Input: typ}, Schema: schema.New(typ)}
			doc, warnings := fitInput(op, []byte(c.doc), c.id)
			if string(doc) != c.want || !json.Valid(doc) {
				t.Errorf("%s, want %s", doc, c.want)
			}
			if !slices.EqualFunc(warnings, c.warnings, strings.HasPrefix) {
				t.Errorf("%q, want %q", warnings, c.warnings)
			}
		})
	}
}
