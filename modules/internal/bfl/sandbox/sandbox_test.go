package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
)

// models are the ids that the imitation serves.
var models = []string{
	"flux-3-image", "flux-2-pro", "flux-2-max", "flux-2-flex", "flux-2-klein-9b", "flux-2-klein-4b",
	"flux-kontext-pro", "flux-kontext-max", "flux-pro-1.1", "flux-pro-1.1-ultra", "flux-dev",
	"vto-v1", "vto-v2",
}

func start(t *testing.T) string {
	t.Helper()
	return sandboxtest.One(t, New(models...))
}

func call(t *testing.T, method, url, key, body string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Key", key)
	return sandboxtest.Do(t, req)
}

func TestImitationChecks(t *testing.T) {
	t.Parallel()
	base := start(t)
	cases := []struct {
		name, model, body string
		status            int
		fields            []string // with a validation error
	}{
		{"no JSON", "flux-2-pro", `{`, 422, []string{"body"}},
		{"no object", "flux-2-pro", `null`, 422, []string{"body"}},
		{"unknown model", "flux-9", `{"prompt":"x"}`, 404, nil},
		{"retired model", "flux-pro", `{"prompt":"x"}`, 404, nil},
		{"prompt", "flux-2-pro", `{}`, 422, []string{"prompt"}},
		{"prompt of FLUX.1", "flux-dev", `{}`, 200, nil},
		{"odd type", "flux-2-pro", `{"prompt":"x","width":"wide"}`, 422, []string{"width"}},
		{"strict", "flux-3-image", `{"prompt":"x","seed":1}`, 422, []string{"seed"}},
		{"strict, accepted", "flux-3-image", `{"prompt":"x","aspect_ratio":"auto","resolution":"4k","safety_tolerance":4,"grounding":false}`, 200, nil},
		{"resolution", "flux-3-image", `{"prompt":"x","resolution":"4K"}`, 422, []string{"resolution"}},
		{"ratio and tolerance at once", "flux-3-image", `{"prompt":"x","aspect_ratio":"7:1","safety_tolerance":5}`, 422, []string{"aspect_ratio", "safety_tolerance"}},
		{"ratio of ultra", "flux-pro-1.1-ultra", `{"aspect_ratio":"auto"}`, 422, []string{"aspect_ratio"}},
		{"unknown fields are ignored", "flux-2-pro", `{"prompt":"x","steps":900,"aspect_ratio":"none","magic":1}`, 200, nil},
		{"step of FLUX.2", "flux-2-pro", `{"prompt":"x","width":1000,"height":1024}`, 422, []string{"width"}},
		{"area of FLUX.2", "flux-2-pro", `{"prompt":"x","width":2064,"height":2048}`, 422, []string{"width"}},
		{"most of FLUX.2", "flux-2-pro", `{"prompt":"x","width":2048,"height":2048}`, 200, nil},
		{"side of FLUX.1", "flux-pro-1.1", `{"width":1472,"height":128}`, 422, []string{"width", "height"}},
		{"format", "flux-2-pro", `{"prompt":"x","output_format":"gif"}`, 422, []string{"output_format"}},
		{"tuning", "flux-dev", `{"steps":51,"guidance":7.5}`, 422, []string{"steps", "guidance"}},
		{"strength", "flux-pro-1.1-ultra", `{"image_prompt_strength":2}`, 422, []string{"image_prompt_strength"}},
		{"no image", "flux-2-pro", `{"prompt":"x","input_image_2":"aGVsbG8gd29ybGQ="}`, 422, []string{"input_image_2"}},
		{"no base64", "flux-3-image", `{"prompt":"x","images":["https://example.com/a.png","aGk="]}`, 422, []string{"images.1"}},
		{"a data URL", "flux-3-image", `{"prompt":"x","images":["data:image/png;base64,` + encoded(t, 320, 320) + `"]}`, 422, []string{"images.0"}},
		{"a string in place of a list", "flux-3-image", `{"prompt":"x","images":"` + encoded(t, 320, 320) + `"}`, 200, nil},
		{"small image of FLUX.3", "flux-3-image", `{"prompt":"x","images":["` + encoded(t, 320, 160) + `"]}`, 422, []string{"images.0"}},
		{"eleven images of FLUX.3", "flux-3-image", `{"prompt":"x","images":["https://a","https://a","https://a","https://a","https://a","https://a","https://a","https://a","https://a","https://a","https://a"]}`, 422, []string{"images"}},
		{"eighth image of FLUX.2", "flux-2-pro", `{"prompt":"x","input_image_8":"aGk="}`, 422, []string{"input_image_8"}},
		{"eighth image of klein is unknown", "flux-2-klein-4b", `{"prompt":"x","input_image_8":"aGk="}`, 200, nil},
		{"tuning of flex", "flux-2-flex", `{"prompt":"x","steps":0,"guidance":11}`, 422, []string{"steps", "guidance"}},
		{"automatic sides", "flux-2-pro", `{"prompt":"x","width":0,"height":0,"seed":null}`, 200, nil},
		{"sides of FLUX.1 are never automatic", "flux-dev", `{"width":0}`, 422, []string{"width"}},
		{"kontext", "flux-kontext-pro", `{"prompt":"x","aspect_ratio":"21:9","seed":1,"output_format":"webp","safety_tolerance":6,"prompt_upsampling":true,"input_image_4":"https://a"}`, 200, nil},
		{"out of kontext's ranges", "flux-kontext-max", `{"aspect_ratio":"auto","safety_tolerance":7,"prompt_upsampling":1,"input_image":"a"}`, 422, []string{"prompt", "safety_tolerance", "prompt_upsampling", "aspect_ratio", "input_image"}},
		{"try-on", "flux-tools/vto-v2", `{"prompt":"x","person":"https://a","garment":"` + encoded(t, 32, 32) + `","seed":1,"output_format":"webp","safety_tolerance":5}`, 200, nil},
		{"try-on without its fields", "flux-tools/vto-v1", `{"person_image":"https://a","safety_tolerance":6}`, 422, []string{"prompt", "safety_tolerance", "person", "garment"}},
		{"try-on of a data URL", "flux-tools/vto-v1", `{"prompt":"x","person":"https://a","garment":"data:image/png;base64,` + encoded(t, 32, 32) + `"}`, 422, []string{"garment"}},
		{"try-on outside of the tools", "vto-v2", `{"prompt":"x","person":"https://a","garment":"https://a"}`, 404, nil},
		{"a model that is no tool", "flux-tools/flux-2-pro", `{"prompt":"x"}`, 404, nil},
		{"image_prompt by URL", "flux-dev", `{"image_prompt":"https://example.com/a.png"}`, 422, []string{"image_prompt"}},
		{"input image by URL", "flux-2-pro", `{"prompt":"x","input_image":"https://example.com/a.png"}`, 200, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, body := call(t, http.MethodPost, base+"/v1/"+c.model, sandbox.Key, c.body)
			var w struct {
				Detail json.RawMessage `json:"detail"`
			}
			var list []struct {
				Loc       []any
				Msg, Type string
			}
			if err := json.Unmarshal(body, &w); err != nil || status != c.status {
				t.Fatalf("%d %s %v", status, body, err)
			}
			_ = json.Unmarshal(w.Detail, &list) // a text elsewhere
			if len(list) != len(c.fields) {
				t.Fatalf("%s, want complaints about %v", body, c.fields)
			}
			for i, field := range c.fields {
				at := strings.Trim(strings.ReplaceAll(fmt.Sprint(list[i].Loc[1:]), " ", "."), "[]")
				if list[i].Loc[0] != "body" || at != strings.TrimPrefix(field, "body") || list[i].Msg == "" || list[i].Type == "" {
					t.Errorf("%+v, want %s", list[i], field)
				}
			}
		})
	}
	t.Run("key", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{"/v1/flux-2-pro", "/v1/credits", "/v1/get_result?id=1"} {
			method := http.MethodGet
			if strings.Contains(path, "flux") {
				method = http.MethodPost
			}
			if status, _ := call(t, method, base+path, "wrong", `{"prompt":"x"}`); status != http.StatusForbidden {
				t.Errorf("%s: %d", path, status)
			}
		}
	})
}

// A job from submission to image: width, height, seed, cost.
func TestImitationDraws(t *testing.T) {
	t.Parallel()
	base := start(t)
	small, wide := encoded(t, 320, 160), encoded(t, 512, 256)
	cases := []struct {
		name, model, body string
		w, h              int
		cost              float64
	}{
		{"sides", "flux-2-pro", `{"prompt":"a fox","width":512,"height":256,"output_format":"png"}`, 512, 256, 3},
		{"as the first image", "flux-2-pro", `{"prompt":"a fox","input_image":"` + small + `"}`, 320, 160, 3.07},
		{"ratio", "flux-3-image", `{"prompt":"a fox","aspect_ratio":"2:1","resolution":"768sq"}`, 1072, 528, 4.8},
		{"ratio of the first image", "flux-3-image", `{"prompt":"a fox","images":["` + wide + `"],"resolution":"768sq"}`, 1072, 528, 4.8},
		{"default of FLUX.1", "flux-pro-1.1", `{"prompt":"a fox"}`, 1024, 768, 4},
		{"default of ultra", "flux-pro-1.1-ultra", `{"prompt":"a fox","image_prompt":"` + small + `"}`, 2720, 1536, 6},
		{"kontext", "flux-kontext-max", `{"prompt":"a fox","input_image":"` + small + `"}`, 1440, 720, 8},
		{"try-on as the person", "flux-tools/vto-v2", `{"prompt":"a fox","person":"` + small + `","garment":"` + wide + `","width":512,"height":512}`, 320, 160, 3.84},
		{"kontext with a ratio", "flux-kontext-pro", `{"prompt":"a fox","input_image":"` + small + `","aspect_ratio":"1:1","output_format":"jpeg"}`, 1024, 1024, 4},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, body := call(t, http.MethodPost, base+"/v1/"+c.model, sandbox.Key, c.body)
			var s submitted
			if err := json.Unmarshal(body, &s); err != nil || s.ID == "" || s.Cost != c.cost {
				t.Fatalf("%s %v, want cost %g", body, err, c.cost)
			}
			p := ready(t, s.PollingURL)
			if p.Result == nil || p.Result.Prompt != "a fox" || (p.Result.Seed == nil) != strings.HasPrefix(c.model, "flux-3") {
				t.Fatalf("%+v", p)
			}
			status, file := call(t, http.MethodGet, p.Result.Sample, "", "")
			cfg, _, err := image.DecodeConfig(bytes.NewReader(file))
			if status != http.StatusOK || err != nil || cfg.Width != c.w || cfg.Height != c.h {
				t.Errorf("%d %v %dx%d, want %dx%d", status, err, cfg.Width, cfg.Height, c.w, c.h)
			}
		})
	}
}

// submitted and polled are the answers, with the documented fields.
type submitted struct {
	ID         string  `json:"id"`
	PollingURL string  `json:"polling_url"`
	Cost       float64 `json:"cost"`
}

type polled struct {
	Status string `json:"status"`
	Result *struct {
		Sample string `json:"sample"`
		Prompt string `json:"prompt"`
		Seed   *int64 `json:"seed"`
	} `json:"result"`
}

// encoded is a PNG as base64.
func encoded(t *testing.T, w, h int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func ready(t *testing.T, address string) polled {
	t.Helper()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		select {
		case <-t.Context().Done():
			t.Fatal("the job did not end")
		case <-tick.C:
		}
		_, body := call(t, http.MethodGet, address, sandbox.Key, "")
		var p polled
		if err := json.Unmarshal(body, &p); err != nil {
			t.Fatal(err)
		}
		switch p.Status {
		case "Pending", "Reasoning", "Generating":
		default:
			tick.Stop()
			return p
		}
	}
}
