package hunyuan

import (
	"encoding/json"
	"reflect"
	"testing"

	"aigc/app/provider"
)

// An input in the common vocabulary. Fields that became another one, and ids of images,
// are not in Other.
func TestCommon(t *testing.T) {
	t.Parallel()
	seed, marked := int64(7), true
	for name, c := range map[string]struct {
		in   string
		want provider.Common
	}{
		"least":          {`{"prompt":"x","n":1,"revise":false,"watermark":false}`, provider.Common{N: 1, Other: map[string]any{}}},
		"ratio":          {`{"prompt":"x","aspect_ratio":"16:9"}`, provider.Common{AspectRatio: "16:9", Other: map[string]any{}}},
		"resolution":     {`{"prompt":"x","resolution":"1024:768"}`, provider.Common{Size: "1024x768", Other: map[string]any{}}},
		"size and ratio": {`{"prompt":"x","size":"1024x768","resolution":"768:768","aspect_ratio":"1:1"}`, provider.Common{Size: "1024x768", Other: map[string]any{}}},
		"random seed":    {`{"prompt":"x","seed":-1}`, provider.Common{Other: map[string]any{}}},
		"images":         {`{"prompt":"x","image":"a","images":["b"]}`, provider.Common{Images: []provider.ImageRef{"a", "b"}, Other: map[string]any{}}},
		"everything else": {`{"prompt":"x","n":2,"seed":7,"watermark":true,"logo_image":"l","logo_rect":{"x":1,"y":1,"width":2,"height":2},"revise":true,"footnote":"y","generate_max_pixels":65536,"model":"m"}`,
			provider.Common{N: 2, Seed: &seed, Watermark: &marked, Other: map[string]any{"revise": true, "footnote": "y", "generate_max_pixels": json.Number("65536")}, Omitted: []string{"logo_image"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var in Input
			if err := json.Unmarshal([]byte(c.in), &in); err != nil {
				t.Fatal(err)
			}
			c.want.Prompt = "x"
			if got := in.Common(); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

var _ provider.CommonInput = Input{}
