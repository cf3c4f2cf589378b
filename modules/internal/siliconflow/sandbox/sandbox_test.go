package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	_ "image/jpeg" // results may be of this type
	"image/png"
	"net/http"
	"strings"
	"testing"

	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
)

const (
	kolorsID = "Kwai-Kolors/Kolors"
	qwenID   = "Qwen/Qwen-Image"
	editID   = "Qwen/Qwen-Image-Edit"
	laterID  = "Qwen/Qwen-Image-Edit-2509"
	fluxID   = "black-forest-labs/FLUX.2-pro"
)

func imitation(t *testing.T) string {
	t.Helper()
	return sandboxtest.One(t, New(kolorsID, qwenID, editID, laterID, fluxID))
}

func call(t *testing.T, method, url, key, body string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	return sandboxtest.Do(t, req)
}

// pixels is an image of a size, as a data URL.
func pixels(t *testing.T, w, h int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestImitationChecks(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	fox := pixels(t, 16, 16)
	bare := strings.TrimPrefix(fox, "data:image/png;base64,")
	cases := []struct {
		name, model, fields string
		status              int
		says                string
	}{
		{"least", kolorsID, `"image_size":"1024x1024"`, 200, ""},
		{"all of Kolors", kolorsID, `"negative_prompt":"y","image_size":"1280x720","batch_size":4,"seed":9999999999,"num_inference_steps":100,"guidance_scale":20,"image":"` + fox + `"`, 200, ""},
		{"least numbers", kolorsID, `"image_size":"720x1280","batch_size":1,"seed":0,"num_inference_steps":1,"guidance_scale":0`, 200, ""},
		{"all of Qwen-Image", qwenID, `"negative_prompt":"y","image_size":"1584x1056","seed":1,"num_inference_steps":50,"cfg":0.1`, 200, ""},
		{"all of an edit", editID, `"negative_prompt":"y","seed":1,"num_inference_steps":50,"image":"https://example.com/a.png"`, 200, ""},
		{"all of a later edit", laterID, `"image":"` + fox + `","image2":"https://example.com/a.png","image3":"` + fox + `","num_inference_steps":40`, 200, ""},
		{"all of FLUX.2", fluxID, `"image_size":"576x1024","output_format":"png","seed":1`, 200, ""},
		{"unknown model", "Kwai-Kolors/Kolors-2", `"image_size":"1024x1024"`, 400, "20012"},
		{"retired model", "deepseek-ai/Janus-Pro-7B", ``, 400, "Model does not exist. Please check it carefully."},
		{"no prompt", kolorsID, `"prompt":"","image_size":"1024x1024"`, 400, "prompt"},
		{"no size", kolorsID, ``, 400, "image_size is required"},
		{"no size for Qwen-Image", qwenID, ``, 400, "image_size is required"},
		{"OpenAI's size", kolorsID, `"size":"1024x1024","image_size":"1024x1024"`, 400, "size"},
		{"OpenAI's n", kolorsID, `"n":2,"image_size":"1024x1024"`, 400, "n is not"},
		{"response_format", kolorsID, `"response_format":"url","image_size":"1024x1024"`, 400, "response_format"},
		{"odd size", kolorsID, `"image_size":"1024*1024"`, 400, "image_size"},
		{"size of Qwen-Image", qwenID, `"image_size":"1024x1024"`, 400, "1328x1328"},
		{"size of FLUX.2", fluxID, `"image_size":"1024x1024"`, 400, "512x512"},
		{"size of an edit", editID, `"image_size":"1024x1024","image":"` + fox + `"`, 400, "image_size"},
		{"five", kolorsID, `"image_size":"1024x1024","batch_size":5`, 400, "batch_size"},
		{"none", kolorsID, `"image_size":"1024x1024","batch_size":0`, 400, "batch_size"},
		{"batch of Qwen-Image", qwenID, `"image_size":"1328x1328","batch_size":1`, 400, "batch_size"},
		{"seed", kolorsID, `"image_size":"1024x1024","seed":10000000000`, 400, "seed"},
		{"negative seed", kolorsID, `"image_size":"1024x1024","seed":-1`, 400, "seed"},
		{"steps", kolorsID, `"image_size":"1024x1024","num_inference_steps":101`, 400, "num_inference_steps"},
		{"steps of FLUX.2", fluxID, `"image_size":"512x512","num_inference_steps":20`, 400, "num_inference_steps"},
		{"negative prompt of FLUX.2", fluxID, `"image_size":"512x512","negative_prompt":"x"`, 400, "negative_prompt"},
		{"guidance", kolorsID, `"image_size":"1024x1024","guidance_scale":20.1`, 400, "guidance_scale"},
		{"guidance of Qwen-Image", qwenID, `"image_size":"1328x1328","guidance_scale":7.5`, 400, "guidance_scale"},
		{"cfg", qwenID, `"image_size":"1328x1328","cfg":0`, 400, "cfg"},
		{"cfg of Kolors", kolorsID, `"image_size":"1024x1024","cfg":4`, 400, "cfg"},
		{"cfg of an edit", editID, `"cfg":4,"image":"` + fox + `"`, 400, "cfg"},
		{"format of Kolors", kolorsID, `"image_size":"1024x1024","output_format":"png"`, 400, "output_format"},
		{"format", fluxID, `"image_size":"512x512","output_format":"webp"`, 400, "output_format"},
		{"edit without an image", editID, ``, 400, "image is required"},
		{"second image alone", laterID, `"image2":"` + fox + `"`, 400, "image is required"},
		{"second image of an edit", editID, `"image":"` + fox + `","image2":"` + fox + `"`, 400, "image2"},
		{"image of Qwen-Image", qwenID, `"image_size":"1328x1328","image":"` + fox + `"`, 400, "image"},
		{"image of FLUX.2", fluxID, `"image_size":"512x512","image":"` + fox + `"`, 400, "image"},
		{"bare base64", editID, `"image":"` + bare + `"`, 400, "data URL"},
		{"no image", editID, `"image":"data:image/png;base64,aGk="`, 400, "image"},
		{"images in a list", laterID, `"image":["` + fox + `"]`, 400, "image"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			body := `{"model":"` + c.model + `","prompt":"x"`
			if c.fields != "" {
				body += "," + c.fields
			}
			status, got := call(t, http.MethodPost, base+"/images/generations", sandbox.Key, body+"}")
			if status != c.status || !strings.Contains(string(got), c.says) {
				t.Errorf("%d %s, want %d %q", status, got, c.status, c.says)
			}
		})
	}
	for _, c := range []struct {
		name, method, path, key, body string
		status                        int
		want                          string
	}{
		{"no JSON", http.MethodPost, "/images/generations", sandbox.Key, `{`, 400, `"The parameter is invalid."`},
		{"no model", http.MethodPost, "/images/generations", sandbox.Key, `{"prompt":"x"}`, 400, `"model is required"`},
		{"wrong key", http.MethodPost, "/images/generations", "wrong", `{}`, 401, `"Invalid token"`},
		{"no key", http.MethodGet, "/user/info", "", ``, 401, `"Invalid token"`},
		{"account", http.MethodGet, "/user/info", sandbox.Key, ``, 200, `{}`},
		{"no edits endpoint", http.MethodPost, "/images/edits", sandbox.Key, `{}`, 404, `"404 page not found"`},
	} {
		if status, got := call(t, c.method, base+c.path, c.key, c.body); status != c.status || strings.TrimSpace(string(got)) != c.want {
			t.Errorf("%s: %d %s, want %d %s", c.name, status, got, c.status, c.want)
		}
	}
}

// The directives of a prompt make the documented errors.
func TestImitationFaults(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	for directive, want := range map[string]struct {
		status int
		says   string
	}{
		"400":    {400, "invalid"},
		"401":    {401, `"Invalid token"`},
		"402":    {403, "balance"},
		"refuse": {400, "sensitive"},
		"429":    {429, "IPM"},
	} {
		status, got := call(t, http.MethodPost, base+"/images/generations", sandbox.Key, `{"model":"`+kolorsID+`","image_size":"1024x1024","prompt":"a fox [[`+directive+`]]"}`)
		if status != want.status || !strings.Contains(string(got), want.says) {
			t.Errorf("%s: %d %s", directive, status, got)
		}
	}
}

// Results are images of the requested number, size and format, under both names, at
// URLs that need their signature and no key.
func TestImitationDraws(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	cases := []struct {
		name, body, format   string
		width, height, count int
	}{
		{"batch", `{"model":"` + kolorsID + `","prompt":"a fox","image_size":"960x1280","batch_size":3,"seed":7}`, "png", 960, 1280, 3},
		{"Qwen-Image", `{"model":"` + qwenID + `","prompt":"a fox","image_size":"1664x928"}`, "png", 1664, 928, 1},
		{"edit", `{"model":"` + editID + `","prompt":"a fox","image":"` + pixels(t, 320, 200) + `"}`, "png", 320, 200, 1},
		{"edit of a URL", `{"model":"` + laterID + `","prompt":"a fox","image":"https://example.com/a.png"}`, "png", 1024, 1024, 1},
		{"FLUX.2", `{"model":"` + fluxID + `","prompt":"a fox","image_size":"768x1024","output_format":"jpeg"}`, "jpeg", 768, 1024, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, got := call(t, http.MethodPost, base+"/images/generations", sandbox.Key, c.body)
			var a struct {
				Images, Data []struct{ URL string }
				Timings      struct{ Inference float64 }
				Seed         *int64
				Created      int64
			}
			if err := json.Unmarshal(got, &a); err != nil || status != http.StatusOK || len(a.Images) != c.count || len(a.Data) != c.count {
				t.Fatalf("%d %v %s", status, err, got)
			}
			if a.Seed == nil || *a.Seed < 0 || *a.Seed > 9_999_999_999 || c.count == 3 && *a.Seed != 7 || a.Created == 0 || a.Timings.Inference == 0 {
				t.Errorf("%s", got)
			}
			seen := map[string]bool{}
			for i, p := range a.Images {
				status, file := call(t, http.MethodGet, p.URL, "", "")
				cfg, format, err := image.DecodeConfig(bytes.NewReader(file))
				if status != http.StatusOK || err != nil || format != c.format || cfg.Width != c.width || cfg.Height != c.height || a.Data[i] != p {
					t.Errorf("%d %v: a %s of %dx%d", status, err, format, cfg.Width, cfg.Height)
				}
				seen[string(file)] = true
			}
			if len(seen) != c.count {
				t.Errorf("%d different images of %d", len(seen), c.count)
			}
			unsigned, _, _ := strings.Cut(a.Images[0].URL, "?")
			if status, _ := call(t, http.MethodGet, unsigned, "", ""); status != http.StatusForbidden {
				t.Errorf("without its signature: %d", status)
			}
		})
	}
}
