package minimax

import (
	"encoding/json"
	"testing"
)

// The input in the common vocabulary.
func TestCommon(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ input, want string }{
		"least":         {`{"prompt":"x"}`, `{"Prompt":"x","Other":{}}`},
		"all":           {`{"prompt":"x","model":"m","n":3,"image":"a","images":["b"],"aspect_ratio":"16:9","style":"水彩","seed":9007199254740993,"aigc_watermark":false,"output_format":"webp","quality":"hd","response_format":"url","prompt_optimizer":true,"disable_prompt_enhanced":false}`, `{"Prompt":"x","N":3,"AspectRatio":"16:9","Quality":"hd","Style":"水彩","Seed":9007199254740993,"Images":["a","b"],"OutputFormat":"webp","Watermark":false,"Other":{"prompt_optimizer":true,"disable_prompt_enhanced":false}}`},
		"size":          {`{"prompt":"x","size":"1024x1024","area":"4K"}`, `{"Prompt":"x","Size":"1024x1024","Other":{}}`},
		"sides":         {`{"prompt":"x","size":"1024x1024","width":512,"height":640}`, `{"Prompt":"x","Size":"512x640","Other":{}}`},
		"area":          {`{"prompt":"x","area":"2K"}`, `{"Prompt":"x","Size":"2K","Other":{}}`},
		"auto and area": {`{"prompt":"x","size":"auto","area":"2K"}`, `{"Prompt":"x","Size":"2K","Other":{}}`},
		"auto":          {`{"prompt":"x","size":"auto"}`, `{"Prompt":"x","Size":"auto","Other":{}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var in Input
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			got, want := given(t, in.Common()), given(t, json.RawMessage(c.want))
			if string(got) != string(want) {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

// given is v as a JSON object without zero values, in a fixed order.
func given(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	for name, value := range fields {
		if text := string(value); text == "null" || text == `""` || text == "0" {
			delete(fields, name)
		}
	}
	if other := fields["Other"]; other != nil { // the order of its fields
		var m map[string]any
		if err := json.Unmarshal(other, &m); err != nil {
			t.Fatal(err)
		}
		if fields["Other"], err = json.Marshal(m); err != nil {
			t.Fatal(err)
		}
	}
	if raw, err = json.Marshal(fields); err != nil {
		t.Fatal(err)
	}
	return raw
}
