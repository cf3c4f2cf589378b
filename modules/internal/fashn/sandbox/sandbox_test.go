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
	"time"

	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
)

func start(t *testing.T) string {
	t.Helper()
	return sandboxtest.One(t, New("tryon-v1.6", "tryon-max"))
}

// call sends a request with a key and returns the answer with its header.
func call(t *testing.T, method, url, key, body string) (int, http.Header, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", key)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, b.Bytes()
}

const key = "Bearer " + sandbox.Key

// dataURL is a PNG with a comment, as a data URL.
func dataURL(t *testing.T, w, h int, comment string) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(sandboxtest.AddComment(b.Bytes(), comment))
}

func TestImitationChecks(t *testing.T) {
	t.Parallel()
	base := start(t)
	img := dataURL(t, 320, 320, "")
	bare := strings.TrimPrefix(img, "data:image/png;base64,")
	const link = "https://example.com/a.png"
	v16 := func(fields string) string {
		return `{"model_name":"tryon-v1.6","inputs":{"model_image":"` + img + `","garment_image":"` + link + `"` + fields + `}}`
	}
	largest := func(fields string) string {
		return `{"model_name":"tryon-max","inputs":{"model_image":"` + link + `","product_image":"` + img + `"` + fields + `}}`
	}
	cases := []struct {
		name, body string
		status     int
		error      string // name; empty: accepted
		says       string
	}{
		{"least of 1.6", v16(""), 200, "", ""},
		{"all of 1.6", v16(`,"category":"one-pieces","garment_photo_type":"flat-lay","mode":"performance","moderation_level":"none","segmentation_free":false,"num_samples":4,"seed":7,"output_format":"jpeg","return_base64":false`), 200, "", ""},
		{"least of max", largest(""), 200, "", ""},
		{"all of max", largest(`,"prompt":"open","resolution":"4k","generation_mode":"quality","num_images":4,"seed":7,"output_format":"png","return_base64":false`), 200, "", ""},
		{"no JSON", `{`, 400, "BadRequest", "JSON"},
		{"no model", `{"inputs":{}}`, 400, "BadRequest", "model_name"},
		{"unknown model", `{"model_name":"tryon-v9","inputs":{}}`, 400, "BadRequest", "tryon-v9"},
		{"no inputs", `{"model_name":"tryon-v1.6"}`, 400, "BadRequest", "inputs"},
		{"inputs of another type", `{"model_name":"tryon-v1.6","inputs":[]}`, 400, "BadRequest", "inputs"},
		{"field outside of inputs", strings.Replace(v16(""), `{`, `{"category":"tops",`, 1), 400, "BadRequest", "category"},
		{"no person", `{"model_name":"tryon-v1.6","inputs":{"garment_image":"` + link + `"}}`, 400, "BadRequest", "model_image"},
		{"no garment", `{"model_name":"tryon-v1.6","inputs":{"model_image":"` + link + `"}}`, 400, "BadRequest", "garment_image"},
		{"garment of the other model", `{"model_name":"tryon-max","inputs":{"model_image":"` + link + `","garment_image":"` + link + `"}}`, 400, "BadRequest", "product_image"},
		{"base64 without a prefix", `{"model_name":"tryon-v1.6","inputs":{"model_image":"` + bare + `","garment_image":"` + link + `"}}`, 400, "BadRequest", "prefix"},
		{"no image", `{"model_name":"tryon-v1.6","inputs":{"model_image":"data:image/png;base64,aGk=","garment_image":"` + link + `"}}`, 400, "BadRequest", "model_image"},
		{"misspelt", v16(`,"segmentationFree":true`), 400, "BadRequest", "segmentationFree"},
		{"prompt of 1.6", v16(`,"prompt":"open"`), 400, "BadRequest", "prompt"},
		{"category", v16(`,"category":"dresses"`), 400, "BadRequest", "category"},
		{"photo type", v16(`,"garment_photo_type":"flat"`), 400, "BadRequest", "garment_photo_type"},
		{"mode", v16(`,"mode":"fast"`), 400, "BadRequest", "mode"},
		{"moderation", v16(`,"moderation_level":"low"`), 400, "BadRequest", "moderation_level"},
		{"segmentation", v16(`,"segmentation_free":"no"`), 400, "BadRequest", "segmentation_free"},
		{"five samples", v16(`,"num_samples":5`), 400, "BadRequest", "num_samples"},
		{"no samples", v16(`,"num_samples":0`), 400, "BadRequest", "num_samples"},
		{"num_images of 1.6", v16(`,"num_images":1`), 400, "BadRequest", "num_images"},
		{"format", v16(`,"output_format":"webp"`), 400, "BadRequest", "output_format"},
		{"seed", v16(`,"seed":1.5`), 400, "BadRequest", "seed"},
		{"category of max", largest(`,"category":"tops"`), 400, "BadRequest", "category"},
		{"resolution", largest(`,"resolution":"2K"`), 400, "BadRequest", "resolution"},
		{"generation mode", largest(`,"generation_mode":"performance"`), 400, "BadRequest", "generation_mode"},
		{"five images", largest(`,"num_images":5`), 400, "BadRequest", "num_images"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, _, body := call(t, http.MethodPost, base+"/run", key, c.body)
			var w struct {
				ID, Error *string
				Message   string
			}
			if err := json.Unmarshal(body, &w); err != nil || status != c.status || (w.ID != nil) != (c.error == "") {
				t.Fatalf("%d %s %v", status, body, err)
			}
			if c.error != "" && (w.Error == nil || *w.Error != c.error || !strings.Contains(w.Message, c.says)) {
				t.Errorf("%s, want %s with %q", body, c.error, c.says)
			}
		})
	}
	for path, want := range map[string]int{"/status/unknown": 404, "/credits": 200, "/models": 404} {
		if status, _, body := call(t, http.MethodGet, base+path, key, ""); status != want || !json.Valid(body) {
			t.Errorf("%s: %d %s", path, status, body)
		}
		for _, bad := range []string{"", "Bearer wrong", sandbox.Key} {
			if status, _, body := call(t, http.MethodGet, base+path, bad, ""); status != 401 || !bytes.Contains(body, []byte(`"UnauthorizedAccess"`)) {
				t.Errorf("%s with %q: %d %s", path, bad, status, body)
			}
		}
	}
}

// Directives are read from the prompt and from both images.
func TestImitationDirectives(t *testing.T) {
	t.Parallel()
	base := start(t)
	plain := dataURL(t, 32, 32, "")
	for _, c := range []struct {
		name, model, garment, garmentField, prompt string
		status                                     int
		error                                      string
	}{
		{"prompt", plain, plain, "product_image", "x [[400]]", 400, "BadRequest"},
		{"person", dataURL(t, 32, 32, "[[401]]"), plain, "garment_image", "", 401, "UnauthorizedAccess"},
		{"garment", plain, dataURL(t, 32, 32, "[[402]]"), "garment_image", "", 429, "OutOfCredits"},
		{"both", dataURL(t, 32, 32, "[[429]]"), dataURL(t, 32, 32, "[[429]]"), "product_image", "", 429, "RateLimitExceeded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := map[string]string{"model_image": c.model, c.garmentField: c.garment}
			if c.prompt != "" {
				in["prompt"] = c.prompt
			}
			model := map[string]string{"garment_image": "tryon-v1.6", "product_image": "tryon-max"}[c.garmentField]
			body, _ := json.Marshal(map[string]any{"model_name": model, "inputs": in})
			status, header, answer := call(t, http.MethodPost, base+"/run", key, string(body))
			if status != c.status || !bytes.Contains(answer, []byte(c.error)) || (header.Get("Retry-After") != "") != (c.error == "RateLimitExceeded") {
				t.Errorf("%d %s", status, answer)
			}
		})
	}
}

// A run from submission to images: size, format, count, credits.
func TestImitationDraws(t *testing.T) {
	t.Parallel()
	base := start(t)
	tall, wide := dataURL(t, 200, 300, ""), dataURL(t, 320, 160, "")
	cases := []struct {
		name, body  string
		w, h, count int
		format      string
		credits     string
		inline      bool
	}{
		{name: "1.6", body: `{"model_name":"tryon-v1.6","inputs":{"model_image":"` + tall + `","garment_image":"` + wide + `"}}`, w: 864, h: 1296, count: 1, format: "png", credits: "1"},
		{name: "two of 1.6", body: `{"model_name":"tryon-v1.6","inputs":{"model_image":"https://a/b.png","garment_image":"` + wide + `","num_samples":2,"output_format":"jpeg","seed":3}}`, w: 864, h: 1296, count: 2, format: "jpeg", credits: "2"},
		{name: "fast max", body: `{"model_name":"tryon-max","inputs":{"model_image":"` + wide + `","product_image":"` + tall + `","generation_mode":"fast"}}`, w: 1448, h: 720, count: 1, format: "png", credits: "1"},
		{name: "images themselves", body: `{"model_name":"tryon-max","inputs":{"model_image":"` + wide + `","product_image":"` + tall + `","num_images":2,"output_format":"jpeg","return_base64":true}}`, w: 1448, h: 720, count: 2, format: "jpeg", credits: "4", inline: true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, _, body := call(t, http.MethodPost, base+"/run", key, c.body)
			var run struct{ ID string }
			if err := json.Unmarshal(body, &run); err != nil || run.ID == "" {
				t.Fatalf("%s %v", body, err)
			}
			output, header := finished(t, base+"/status/"+run.ID)
			if len(output) != c.count || header.Get("X-Fashn-Credits-Used") != c.credits {
				t.Fatalf("%d images for %s credits", len(output), header.Get("X-Fashn-Credits-Used"))
			}
			seen := map[string]bool{}
			for _, text := range output {
				file := result(t, text, c.inline, c.format)
				cfg, format, err := image.DecodeConfig(bytes.NewReader(file))
				if err != nil || format != c.format || cfg.Width != c.w || cfg.Height != c.h {
					t.Errorf("%v %s %dx%d, want %s %dx%d", err, format, cfg.Width, cfg.Height, c.format, c.w, c.h)
				}
				seen[string(file)] = true
			}
			if len(seen) != c.count {
				t.Error("two images are the same")
			}
		})
	}
}

// finished polls until a run ends and returns its output.
func finished(t *testing.T, address string) ([]string, http.Header) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		_, header, body := call(t, http.MethodGet, address, key, "")
		var w struct {
			Status string
			Output []string
			Error  any
		}
		if err := json.Unmarshal(body, &w); err != nil {
			t.Fatalf("%s %v", body, err)
		}
		switch w.Status {
		case "starting", "in_queue", "processing":
			if w.Output != nil || header.Get("X-Fashn-Credits-Used") != "" {
				t.Fatalf("an unfinished run: %s", body)
			}
			<-tick.C
		case "completed":
			return w.Output, header
		default:
			t.Fatalf("%s", body)
		}
	}
}

// result is the file of an output: at a URL, without a key, or in a data URL.
func result(t *testing.T, text string, inline bool, format string) []byte {
	t.Helper()
	if !inline {
		_, _, file := call(t, http.MethodGet, text, "", "")
		return file
	}
	data, ok := strings.CutPrefix(text, "data:image/"+format+";base64,")
	file, err := base64.StdEncoding.DecodeString(data)
	if !ok || err != nil {
		t.Fatalf("no data URL: %.40s %v", text, err)
	}
	return file
}
