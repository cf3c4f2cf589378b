package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg" // results may be of this type
	"image/png"
	"net/http"
	"strings"
	"testing"

	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
)

// imitation starts the imitation; its URL includes the path of the base URL.
func imitation(t *testing.T) string {
	t.Helper()
	return sandboxtest.One(t, New("doubao-seedream-5-5-261028", "doubao-seedream-5-0-pro-260628", "doubao-seedream-5-0-flash-260915",
		"doubao-seedream-5-0-260128", "doubao-seedream-4-0-250828", "seedream-4-5-251128", "doubao-seedream-4-5-251128"))
}

// answer is the part of an answer that the tests read.
type answer struct {
	Model   string
	Created int64
	Data    []item
	Usage   struct {
		Generated int `json:"generated_images"`
		Input     int `json:"input_images"`
		Output    int `json:"output_tokens"`
		Total     int `json:"total_tokens"`
	}
}

type item struct {
	URL         string
	B64         string `json:"b64_json"`
	Size        string
	Error       *problem
	Z           json.RawMessage `json:"z_index"`
	Box         []int           `json:"bounding_box"`
	Name        string
	Description string
}

type problem struct{ Code, Message, Param, Type string }

func call(t *testing.T, method, url, key, body string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	return sandboxtest.Do(t, req)
}

func TestImitationChecks(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	with := func(model, fields string) string { return `{"prompt":"x","model":"` + model + `"` + fields + `}` }
	const v55, v45, lite, pro = "doubao-seedream-5-5-261028", "seedream-4-5-251128", "doubao-seedream-5-0-260128", "dola-seedream-5-0-pro-260628"
	dot := `"` + pixels(t, 16, 16) + `"`
	cases := []struct {
		name, body  string
		status      int
		code, param string // no code: accepted
	}{
		{"accepted", with(v55, ""), 200, "", ""},
		{"either site", with(v45, `,"size":"2K","image":`+dot), 200, "", ""},
		{"address", with(v45, `,"image":["https://example.com/a.png"]`), 200, "", ""},
		{"endpoint", with("ep-2026", `,"size":"1K"`), 200, "", ""},
		{"bytes", with(v55, `,"size":"1K","response_format":"b64_json"`), 200, "", ""},
		{"no JSON", `{"prompt":`, 400, "InvalidParameter", ""},
		{"no object", `null`, 400, "InvalidParameter", ""},
		{"unknown field", with(v55, `,"n":2`), 400, "InvalidParameter", "n"},
		{"a field in other letters", with(v55, `,"Size":"1K"`), 400, "InvalidParameter", "Size"},
		{"a wrong type", with(v55, `,"watermark":"false"`), 400, "InvalidParameter", "watermark"},
		{"no prompt", `{"model":"` + v55 + `"}`, 400, "MissingParameter", "prompt"},
		{"no model", `{"prompt":"x"}`, 400, "MissingParameter", "model"},
		{"unknown model", with("doubao-seedream-9", ""), 404, "InvalidEndpointOrModel.NotFound", "model"},
		{"retired model", with("doubao-seedream-3-0-t2i-250415", ""), 404, "InvalidEndpointOrModel.NotFound", "model"},
		{"series, though disabled", with(v55, `,"sequential_image_generation":"disabled"`), 400, "InvalidParameter", "sequential_image_generation"},
		{"seed", with(v45, `,"seed":1`), 400, "InvalidParameter", "seed"},
		{"guidance", with(v45, `,"guidance_scale":5`), 400, "InvalidParameter", "guidance_scale"},
		{"format of a jpeg model", with(v45, `,"output_format":"png"`), 400, "InvalidParameter", "output_format"},
		{"format", with(v55, `,"output_format":"webp"`), 400, "InvalidParameter", "output_format"},
		{"search", with(v45, `,"tools":[{"type":"web_search"}]`), 400, "InvalidParameter", "tools"},
		{"tool", with(lite, `,"tools":[{"type":"calculator"}]`), 400, "InvalidParameter", "tools.0.type"},
		{"ratio for a size", with(v45, `,"size":"1:1"`), 400, "InvalidParameter", "size"},
		{"small size", with(v45, `,"size":"1024x1024"`), 400, "InvalidParameter", "size"},
		{"tier of another model", with(v55, `,"size":"4K"`), 400, "InvalidParameter", "size"},
		{"adaptive", with(v45, `,"size":"adaptive"`), 400, "InvalidParameter", "size"},
		{"long size", with(v45, `,"size":"16384x512"`), 400, "InvalidParameter", "size"},
		{"upper case", with(v45, `,"image":"data:image/PNG;base64,aGk="`), 400, "InvalidParameter.UnsupportedImageFormat", "image"},
		{"bare base64", with(v45, `,"image":"aGk="`), 400, "InvalidParameter.UnsupportedImageFormat", "image"},
		{"bad base64", with(v45, `,"image":"data:image/png;base64,***"`), 400, "InvalidParameter", "image"},
		{"many images", with(v55, `,"image":[`+strings.Repeat(dot+",", 10)+dot+`]`), 400, "InvalidParameter", "image"},
		{"long series", with(v45, `,"sequential_image_generation":"auto","sequential_image_generation_options":{"max_images":15},"image":`+dot), 400, "InvalidParameter", "sequential_image_generation_options.max_images"},
		{"series of the usual length", with(v45, `,"sequential_image_generation":"auto","sequential_image_generation_options":{}`), 200, "", ""},
		{"empty series", with(v45, `,"sequential_image_generation_options":{"max_images":0}`), 400, "InvalidParameter", "sequential_image_generation_options.max_images"},
		{"stream", with(v55, `,"stream":false`), 400, "InvalidParameter", "stream"},
		{"small image", with(v45, `,"image":"`+pixels(t, 14, 14)+`"`), 400, "InvalidParameter", "image"},
		{"narrow image", with(v45, `,"image":"`+pixels(t, 15, 241)+`"`), 400, "InvalidParameter", "image"},
		{"fast", with(pro, `,"optimize_prompt_options":{"mode":"fast"}`), 200, "", ""},
		{"fast of another model", with(v55, `,"optimize_prompt_options":{"mode":"fast"}`), 400, "InvalidParameter", "optimize_prompt_options.mode"},
		{"thinking", with(v55, `,"optimize_prompt_options":{"thinking":"deep"}`), 400, "InvalidParameter", "optimize_prompt_options.thinking"},
		{"layers of nothing", with(v55, `,"layer_decomposition":true`), 400, "InvalidParameter", "layer_decomposition"},
		{"layers on a background", with(v55, `,"layer_decomposition":true,"background":"opaque","image":`+dot), 400, "InvalidParameter", "background"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, got := call(t, http.MethodPost, base+"/images/generations", sandbox.Key, c.body)
			var w struct{ Error problem }
			if err := json.Unmarshal(got, &w); err != nil {
				t.Fatalf("%v: %s", err, got)
			}
			if status != c.status || w.Error.Code != c.code || w.Error.Param != c.param {
				t.Errorf("%d %+v, want %d %s %s", status, w.Error, c.status, c.code, c.param)
			}
			if c.code != "" && (w.Error.Type == "" || !strings.Contains(w.Error.Message, " Request id: 0217")) {
				t.Errorf("%+v", w.Error)
			}
		})
	}
	for _, path := range []string{"/images/edits", "/models"} {
		if status, _ := call(t, http.MethodPost, base+path, sandbox.Key, "{}"); status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, status)
		}
	}
	if status, got := call(t, http.MethodPost, base+"/images/generations", "wrong", with(v55, "")); status != http.StatusUnauthorized || !bytes.Contains(got, []byte("AuthenticationError")) {
		t.Errorf("a wrong key: %d %s", status, got)
	}
}

// buy sends a request to the imitation and requires a complete answer.
func buy(t *testing.T, base, body string) answer {
	t.Helper()
	status, got := call(t, http.MethodPost, base+"/images/generations", sandbox.Key, body)
	var a answer
	if err := json.Unmarshal(got, &a); err != nil || status != http.StatusOK || a.Created == 0 || a.Data == nil {
		t.Fatalf("%d %v %s", status, err, got)
	}
	if a.Usage.Output == 0 || a.Usage.Total != a.Usage.Output {
		t.Fatalf("usage %+v", a.Usage)
	}
	return a
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

// Results are images of the requested size and format, at a URL that needs a
// signature and no key.
func TestImitationDraws(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	cases := []struct {
		name, body, format string
		width, height      int
	}{
		{"newest", `{"prompt":"a fox","model":"doubao-seedream-5-5-261028","size":"1K"}`, "png", 1024, 1024},
		{"newest jpeg", `{"prompt":"a fox","model":"doubao-seedream-5-5-261028","size":"1360x768","output_format":"jpeg"}`, "jpeg", 1360, 768},
		{"older", `{"prompt":"a fox","model":"doubao-seedream-4-0-250828","size":"1K"}`, "jpeg", 1024, 1024},
		{"transparent", `{"prompt":"a fox","model":"doubao-seedream-5-0-flash-260915","size":"1K","background":"transparent"}`, "png", 1024, 1024},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := buy(t, base, c.body)
			if len(a.Data) != 1 || a.Usage.Generated != 1 || a.Data[0].Size != fmt.Sprintf("%dx%d", c.width, c.height) {
				t.Fatalf("%+v %+v", a.Data, a.Usage)
			}
			address := a.Data[0].URL
			status, file := call(t, http.MethodGet, address, "", "")
			cfg, format, err := image.DecodeConfig(bytes.NewReader(file))
			if status != http.StatusOK || err != nil || format != c.format || cfg.Width != c.width || cfg.Height != c.height {
				t.Errorf("%d %v: a %s of %dx%d", status, err, format, cfg.Width, cfg.Height)
			}
			unsigned, _, _ := strings.Cut(address, "?")
			if status, _ := call(t, http.MethodGet, unsigned, "", ""); status != http.StatusForbidden {
				t.Errorf("without its signature: %d", status)
			}
		})
	}
}

// A series may lack an image, layers have positions, and results may be bytes
// instead of URLs.
func TestImitationAnswers(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	a := buy(t, base, `{"prompt":"a fox [[refuse-output]]","model":"doubao-seedream-4-5-251128","sequential_image_generation":"auto"}`)
	items := a.Data
	if len(items) != 3 || items[0].Error == nil || items[0].Error.Code != "OutputImageSensitiveContentDetected" || items[1].URL == "" || items[1].URL == items[2].URL || a.Usage.Generated != 2 {
		t.Errorf("series: %+v %+v", items, a.Usage)
	}
	a = buy(t, base, `{"prompt":"a fox","model":"doubao-seedream-5-5-261028","layer_decomposition":true,"image":"`+pixels(t, 64, 64)+`"}`)
	for i, it := range a.Data {
		if it.URL == "" || len(it.Z) == 0 || len(it.Box) == 0 || it.Name == "" || it.Description == "" {
			t.Errorf("layer %d: %+v", i, it)
		}
	}
	if len(a.Data) < 2 || a.Usage.Input != 1 {
		t.Errorf("%d layers, %+v", len(a.Data), a.Usage)
	}
	a = buy(t, base, `{"prompt":"a fox","model":"ep-1","size":"1K","response_format":"b64_json"}`)
	file, err := base64.StdEncoding.DecodeString(a.Data[0].B64)
	if err != nil || http.DetectContentType(file) != "image/jpeg" || a.Model != endpointModel {
		t.Errorf("%v, %d bytes, model %s", err, len(file), a.Model)
	}
}
