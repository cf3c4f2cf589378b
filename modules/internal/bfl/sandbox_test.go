package bfl

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
)

func imitation(t *testing.T) string {
	t.Helper()
	return sandboxtest.One(t, Sandbox())
}

func call(t *testing.T, method, url, key, body string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Key", key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, data
}

func TestImitationChecks(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	cases := []struct {
		name, model, body string
		status            int
		fields            []string // that are complained about
	}{
		{"no JSON", "flux-2-pro", `{`, 422, []string{"body"}},
		{"no object", "flux-2-pro", `null`, 422, []string{"body"}},
		{"unknown model", "flux-9", `{"prompt":"x"}`, 404, nil},
		{"gone model", "flux-pro", `{"prompt":"x"}`, 404, nil},
		{"prompt", "flux-2-pro", `{}`, 422, []string{"prompt"}},
		{"prompt of FLUX.1", "flux-dev", `{}`, 200, nil},
		{"odd type", "flux-2-pro", `{"prompt":"x","width":"wide"}`, 422, []string{"width"}},
		{"strict", "flux-3-image", `{"prompt":"x","seed":1}`, 422, []string{"seed"}},
		{"strict, taken", "flux-3-image", `{"prompt":"x","aspect_ratio":"auto","resolution":"4k","safety_tolerance":4,"grounding":false}`, 200, nil},
		{"resolution", "flux-3-image", `{"prompt":"x","resolution":"4K"}`, 422, []string{"resolution"}},
		{"ratio and tolerance at once", "flux-3-image", `{"prompt":"x","aspect_ratio":"7:1","safety_tolerance":5}`, 422, []string{"safety_tolerance", "aspect_ratio"}},
		{"ratio of ultra", "flux-pro-1.1-ultra", `{"aspect_ratio":"auto"}`, 422, []string{"aspect_ratio"}},
		{"open: what is unknown is ignored", "flux-2-pro", `{"prompt":"x","steps":900,"aspect_ratio":"none","magic":1}`, 200, nil},
		{"step of FLUX.2", "flux-2-pro", `{"prompt":"x","width":1000,"height":1024}`, 422, []string{"width"}},
		{"area of FLUX.2", "flux-2-pro", `{"prompt":"x","width":2064,"height":2048}`, 422, []string{"width"}},
		{"most of FLUX.2", "flux-2-pro", `{"prompt":"x","width":2048,"height":2048}`, 200, nil},
		{"side of FLUX.1", "flux-pro-1.1", `{"width":1472,"height":128}`, 422, []string{"width", "height"}},
		{"format", "flux-2-pro", `{"prompt":"x","output_format":"gif"}`, 422, []string{"output_format"}},
		{"tuning", "flux-dev", `{"steps":51,"guidance":7.5}`, 422, []string{"steps", "guidance"}},
		{"strength", "flux-pro-1.1-ultra", `{"image_prompt_strength":2}`, 422, []string{"image_prompt_strength"}},
		{"no picture", "flux-2-pro", `{"prompt":"x","input_image_2":"aGVsbG8gd29ybGQ="}`, 422, []string{"input_image"}},
		{"no base64", "flux-3-image", `{"prompt":"x","images":["data:image/png;base64,aGk="]}`, 422, []string{"image"}},
		{"an address", "flux-2-pro", `{"prompt":"x","input_image":"https://example.com/a.png"}`, 200, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, body := call(t, http.MethodPost, base+"/v1/"+c.model, sandbox.Key, c.body)
			var w struct {
				Detail json.RawMessage `json:"detail"`
			}
			var list []complaint
			if err := json.Unmarshal(body, &w); err != nil || status != c.status {
				t.Fatalf("%d %s %v", status, body, err)
			}
			_ = json.Unmarshal(w.Detail, &list) // a text elsewhere
			if len(list) != len(c.fields) {
				t.Fatalf("%s, want complaints about %v", body, c.fields)
			}
			for i, field := range c.fields {
				if loc := list[i].Loc; loc[len(loc)-1] != field || list[i].Msg == "" || list[i].Type == "" {
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

// A job from its submission to its picture: sides, seed, price.
func TestImitationDraws(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	var small bytes.Buffer
	if err := png.Encode(&small, image.NewGray(image.Rect(0, 0, 320, 160))); err != nil {
		t.Fatal(err)
	}
	input := base64.StdEncoding.EncodeToString(small.Bytes())
	cases := []struct {
		name, model, body string
		w, h              int
		cost              string
	}{
		{"sides", "flux-2-pro", `{"prompt":"a fox","width":512,"height":256,"output_format":"png"}`, 512, 256, "3.00"},
		{"as the first picture", "flux-2-pro", `{"prompt":"a fox","input_image":"` + input + `"}`, 320, 160, "3.07"},
		{"ratio", "flux-3-image", `{"prompt":"a fox","aspect_ratio":"2:1","resolution":"768sq"}`, 1072, 528, "4.80"},
		{"ratio of the first picture", "flux-3-image", `{"prompt":"a fox","images":["` + input + `"],"resolution":"768sq"}`, 1072, 528, "4.80"},
		{"default of FLUX.1", "flux-pro-1.1", `{"prompt":"a fox"}`, 1024, 768, "4.00"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, body := call(t, http.MethodPost, base+"/v1/"+c.model, sandbox.Key, c.body)
			var s submitted
			if err := json.Unmarshal(body, &s); err != nil || s.ID == "" || s.Cost.String() != c.cost {
				t.Fatalf("%s %v, want cost %s", body, err, c.cost)
			}
			p := ready(t, s.PollingURL)
			if p.Result == nil || p.Result.Prompt != "a fox" || (p.Result.Seed == "") != strings.HasPrefix(c.model, "flux-3") {
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
