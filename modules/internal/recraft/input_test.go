package recraft

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/schema"
)

// The schema is a tool's description for language models, so it is short; it accepts
// every field and refuses values out of range.
func TestSchema(t *testing.T) {
	t.Parallel()
	s := schema.New(reflect.TypeFor[Input]())
	if n := len(s.JSON()); n > 4200 {
		t.Errorf("the schema has %d bytes", n)
	}
	for name, c := range map[string]struct{ input, fault string }{
		"every field": {`"n":6,"model":"recraftv3","size":"1365x1024","style":"Photorealism","substyle":"x","style_id":` + id + `,"style_references":["a","b","c","d","e"],"style_match":"flexible",
			"negative_prompt":"y","image":"a","strength":1,"mask":"b","seed":4294967295,"image_format":"jpg","creativity":"standard","upscale":"upscale16mp","block_nsfw":true,"calculate_features":true,"expire":true,
			"controls":{"colors":[{"rgb":[0,1,255],"weight":0.5,"std":1}],"background_color":{"rgb":[1,2,3]},"no_text":true,"artistic_level":0},
			"text_layout":[{"text":"a","bbox":[[0,0],[1,0],[1,1],[0,1]]}],"response_format":"url"`, ""},
		"old fields": {`"style":"realistic","size":"1024x1024","image_format":"png"`, ""},
		"ratio":      {`"size":"14:10"`, ""},
		"size":       {`"size":"large"`, "body.size: "},
		"count":      {`"n":7`, "body.n: "},
		"seed":       {`"seed":4294967296`, "body.seed: "},
		"strength":   {`"strength":1.01`, "body.strength: "},
		"style id":   {`"style_id":"mine"`, "body.style_id: "},
		"references": {`"style_references":["a","b","c","d","e","f"]`, "body.style_references: "},
		"colour":     {`"controls":{"colors":[{"rgb":[1,2]}]}`, "body.controls.colors[0].rgb: "},
		"background": {`"controls":{"background_color":{"rgb":[1,2,3],"weight":1}}`, "body.controls.background_color.weight: "},
		"art":        {`"controls":{"artistic_level":6}`, "body.controls.artistic_level: "},
		"box":        {`"text_layout":[{"text":"a","bbox":[[0,0]]}]`, "body.text_layout[0].bbox: "},
		"point":      {`"text_layout":[{"text":"a","bbox":[[0,0],null,[1,1],[0,1]]}]`, "body.text_layout[0].bbox[1]: "},
		"format":     {`"image_format":"gif"`, "body.image_format: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := s.Parse(json.RawMessage(`{"prompt":"x",` + c.input + `}`))
			switch f := fault.From(err); {
			case c.fault == "" && err != nil, c.fault != "" && (f == nil || !strings.HasPrefix(f.Message, c.fault)):
				t.Errorf("%v, want %q", err, c.fault)
			}
		})
	}
}
