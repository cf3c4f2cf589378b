package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/gif"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	_ "golang.org/x/image/webp" // a format of results

	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
	"aigc/app/sandbox/sandboxtest"
)

func imitation(t *testing.T) string {
	t.Helper()
	return sandboxtest.One(t, New("sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium", "stable-image-ultra", "stable-image-core"))
}

const generated = "/v2beta/stable-image/generate/"

// form writes a multipart body of "name=value" fields; a value after "@" is the content
// of a file.
func form(t *testing.T, fields ...string) (contentType string, body io.Reader) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		var part io.Writer
		var err error
		if file, ok := strings.CutPrefix(value, "@"); ok {
			value = file
			part, err = w.CreateFormFile(name, "a.png")
		} else {
			part, err = w.CreateFormField(name)
		}
		if err == nil {
			_, err = io.WriteString(part, value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), &b
}

// request makes a request with the right key that asks for the image itself.
func request(t *testing.T, method, url, contentType string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+sandbox.Key)
	req.Header.Set("Accept", "image/*")
	req.Header.Set("Content-Type", contentType)
	return req
}

// do sends a request and returns the whole answer.
func do(t *testing.T, req *http.Request) (*http.Response, []byte) {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, data
}

// wantError requires an error in the vendor's shape.
func wantError(t *testing.T, res *http.Response, data []byte, status int, name, says string) {
	t.Helper()
	var p struct {
		ID, Name string
		Errors   []string
	}
	if err := json.Unmarshal(data, &p); err != nil || res.StatusCode != status || p.ID == "" || p.Name != name || len(p.Errors) != 1 || !strings.HasPrefix(p.Errors[0], says) {
		t.Errorf("%d %.200q (%v), want %d %s %q", res.StatusCode, data, err, status, name, says)
	}
}

func encoded(t *testing.T, w, h int, encode func(io.Writer, image.Image) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return "@" + b.String()
}

func TestImitationChecks(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	as := func(format string) func(io.Writer, image.Image) error {
		return func(w io.Writer, img image.Image) error { return picture.Encode(w, img, format, 0) }
	}
	fox, jpeg, webp := "image="+encoded(t, 64, 80, png.Encode), "image="+encoded(t, 64, 64, as("jpeg")), "image="+encoded(t, 64, 64, as("webp"))
	narrow, long := "image="+encoded(t, 63, 80, png.Encode), "image="+encoded(t, 64, 16385, png.Encode)
	moving := "image=" + encoded(t, 64, 64, func(w io.Writer, i image.Image) error { return gif.Encode(w, i, nil) })
	edit := []string{"prompt=x", "mode=image-to-image", "strength=0.5"}
	cases := []struct {
		name, path string
		fields     []string
		says       string // empty: accepted
	}{
		{"least", "sd3", []string{"prompt=x"}, ""},
		{"all of sd3", "sd3", []string{"prompt=x", "negative_prompt=y", "aspect_ratio=9:21", "seed=4294967294", "cfg_scale=10", "output_format=jpeg", "model=sd3.5-large", "mode=text-to-image"}, ""},
		{"old model", "sd3", []string{"prompt=x", "model=sd3-medium"}, ""},
		{"image to image", "sd3", append(edit, fox, "seed=0"), ""},
		{"turbo", "sd3", []string{"prompt=x", "model=sd3.5-large-turbo", "cfg_scale=1"}, ""},
		{"all of ultra", "ultra", []string{"prompt=x", "negative_prompt=y", "aspect_ratio=21:9", "seed=1", "output_format=webp", "strength=0", jpeg}, ""},
		{"webp for ultra", "ultra", []string{"prompt=x", "strength=1", webp}, ""},
		{"all of core", "core", []string{"prompt=x", "negative_prompt=y", "aspect_ratio=2:3", "seed=1", "output_format=webp", "style_preset=tile-texture"}, ""},
		{"no prompt", "sd3", []string{"seed=1"}, "prompt: "},
		{"empty prompt", "core", []string{"prompt="}, "prompt: "},
		{"long prompt", "ultra", []string{"prompt=" + strings.Repeat("狐", 10001)}, "prompt: "},
		{"long negative prompt", "core", []string{"prompt=x", "negative_prompt=" + strings.Repeat("狐", 10001)}, "negative_prompt: "},
		{"misspelt", "sd3", []string{"prompt=x", "aspectRatio=1:1"}, "aspectRatio: "},
		{"twice", "sd3", []string{"prompt=x", "prompt=y"}, "prompt: "},
		{"ratio", "sd3", []string{"prompt=x", "aspect_ratio=4:3"}, "aspect_ratio: "},
		{"seed", "sd3", []string{"prompt=x", "seed=4294967295"}, "seed: "},
		{"negative seed", "sd3", []string{"prompt=x", "seed=-1"}, "seed: "},
		{"word for a number", "sd3", []string{"prompt=x", "seed=one"}, "seed: "},
		{"webp of sd3", "sd3", []string{"prompt=x", "output_format=webp"}, "output_format: "},
		{"model of another path", "sd3", []string{"prompt=x", "model=stable-image-ultra"}, "model: "},
		{"unknown model", "sd3", []string{"prompt=x", "model=sd9"}, "model: "},
		{"model is the path", "ultra", []string{"prompt=x", "model=sd3.5-large"}, "model: "},
		{"mode of ultra", "ultra", []string{"prompt=x", "mode=text-to-image"}, "mode: "},
		{"unknown mode", "sd3", []string{"prompt=x", "mode=edit"}, "mode: "},
		{"cfg of sd3", "sd3", []string{"prompt=x", "cfg_scale=0.5"}, "cfg_scale: "},
		{"cfg of core", "core", []string{"prompt=x", "cfg_scale=4"}, "cfg_scale: "},
		{"preset of ultra", "ultra", []string{"prompt=x", "style_preset=anime"}, "style_preset: "},
		{"unknown preset", "core", []string{"prompt=x", "style_preset=manga"}, "style_preset: "},
		{"negative prompt of turbo", "sd3", []string{"prompt=x", "model=sd3.5-large-turbo", "negative_prompt=y"}, "negative_prompt: "},
		{"image of core", "core", []string{"prompt=x", fox}, "image: "},
		{"ultra without strength", "ultra", []string{"prompt=x", fox}, "strength: "},
		{"strength without image", "ultra", []string{"prompt=x", "strength=0.5"}, "strength: "},
		{"strength", "ultra", []string{"prompt=x", "strength=1.1", fox}, "strength: "},
		{"image to image without image", "sd3", []string{"prompt=x", "mode=image-to-image"}, "image: "},
		{"image without mode", "sd3", []string{"prompt=x", "strength=0.5", fox}, "image: "},
		{"ratio beside an image", "sd3", append(edit, fox, "aspect_ratio=1:1"), "aspect_ratio: "},
		{"two images", "sd3", append(edit, fox, fox), "image: "},
		{"another file", "sd3", append(edit, fox, "mask="+encoded(t, 64, 64, png.Encode)), "image: "},
		{"another file alone", "ultra", []string{"prompt=x", "strength=1", "mask=" + encoded(t, 64, 64, png.Encode)}, "mask: "},
		{"image as text", "ultra", []string{"prompt=x", "image=https://x/y.png"}, "image: "},
		{"text for an image", "ultra", []string{"prompt=x", "strength=1", "image=@hello"}, "image: "},
		{"gif", "ultra", []string{"prompt=x", "strength=1", moving}, "image: "},
		{"narrow", "sd3", append(edit, narrow), "image: "},
		{"long for ultra", "ultra", []string{"prompt=x", "strength=1", long}, "image: "},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			kind, body := form(t, c.fields...)
			res, data := do(t, request(t, http.MethodPost, base+generated+c.path, kind, body))
			if c.says != "" {
				wantError(t, res, data, http.StatusBadRequest, "bad_request", c.says)
			} else if res.StatusCode != http.StatusOK {
				t.Errorf("%d %s", res.StatusCode, data)
			}
		})
	}
}

// What is wrong with the request around the form.
func TestImitationRefuses(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	url := base + generated + "core"
	kind, body := form(t, "prompt=x")
	req := request(t, http.MethodPost, url, kind, body)
	req.Header.Set("Authorization", "Bearer wrong")
	res, data := do(t, req)
	wantError(t, res, data, http.StatusUnauthorized, "unauthorized", "authorization: ")

	kind, body = form(t, "prompt=x")
	req = request(t, http.MethodPost, url, kind, body)
	req.Header.Set("Accept", "*/*")
	res, data = do(t, req)
	wantError(t, res, data, http.StatusBadRequest, "bad_request", "accept: ")

	for _, other := range []string{"application/json", "application/x-www-form-urlencoded"} {
		res, data = do(t, request(t, http.MethodPost, url, other, strings.NewReader(`{"prompt":"x"}`)))
		wantError(t, res, data, http.StatusBadRequest, "bad_request", "content-type: ")
	}

	kind, body = form(t, "prompt=x", "image=@"+strings.Repeat("x", 10<<20))
	res, data = do(t, request(t, http.MethodPost, url, kind, body))
	wantError(t, res, data, http.StatusRequestEntityTooLarge, "payload_too_large", "body: ")

	kind, body = form(t, "prompt=x")
	res, data = do(t, request(t, http.MethodPost, base+"/v2beta/stable-image/edit/erase", kind, body))
	wantError(t, res, data, http.StatusNotFound, "not_found", "no such path")

	res, data = do(t, request(t, http.MethodGet, base+"/v1/user/balance", "", nil))
	var b struct{ Credits float64 }
	if err := json.Unmarshal(data, &b); err != nil || res.StatusCode != http.StatusOK || b.Credits == 0 {
		t.Errorf("balance: %d %s", res.StatusCode, data)
	}

	for directive, want := range map[string]struct {
		status int
		name   string
	}{
		"400": {400, "bad_request"}, "401": {401, "unauthorized"}, "402": {402, "payment_required"}, "refuse": {403, "content_moderation"}, "429": {429, "rate_limit_exceeded"},
	} {
		kind, body = form(t, "prompt=x [["+directive+"]]")
		res, data = do(t, request(t, http.MethodPost, url, kind, body))
		wantError(t, res, data, want.status, want.name, "")
	}
}

// The image itself, or the same as JSON, in the right size and format.
func TestImitationDraws(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	tall := "image=" + encoded(t, 300, 400, png.Encode)
	cases := []struct {
		name, path   string
		fields       []string
		format       string
		w, h         int
		seed         float64 // 0: any but 0
		finishReason string
	}{
		{"sd3", "sd3", []string{"prompt=a fox", "aspect_ratio=16:9", "seed=42"}, "png", 1344, 768, 42, "SUCCESS"},
		{"image to image", "sd3", []string{"prompt=a fox", "mode=image-to-image", "strength=1", "output_format=jpeg", tall}, "jpeg", 832, 1152, 0, "SUCCESS"},
		{"ultra", "ultra", []string{"prompt=a fox", "output_format=webp"}, "webp", 1024, 1024, 0, "SUCCESS"},
		{"ultra with an image", "ultra", []string{"prompt=a fox", "strength=0.1", "aspect_ratio=3:2", tall}, "png", 1216, 832, 0, "SUCCESS"},
		{"core", "core", []string{"prompt=a fox", "aspect_ratio=3:2", "seed=1"}, "png", 1536, 1024, 1, "SUCCESS"},
		{"blurred", "core", []string{"prompt=a fox [[refuse-output]]"}, "png", 1216, 1216, 0, "CONTENT_FILTERED"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			kind, body := form(t, c.fields...)
			res, raw := do(t, request(t, http.MethodPost, base+generated+c.path, kind, body))
			h := res.Header
			if res.StatusCode != http.StatusOK || h.Get("Content-Type") != "image/"+c.format || h.Get("Finish-Reason") != c.finishReason || h.Get("Seed") == "" || h.Get("X-Request-Id") == "" {
				t.Errorf("%d %v", res.StatusCode, h)
			}
			cfg, format, err := image.DecodeConfig(bytes.NewReader(raw))
			if err != nil || format != c.format || cfg.Width != c.w || cfg.Height != c.h {
				t.Errorf("%v %s %dx%d, want %s %dx%d", err, format, cfg.Width, cfg.Height, c.format, c.w, c.h)
			}
			kind, body = form(t, c.fields...)
			req := request(t, http.MethodPost, base+generated+c.path, kind, body)
			req.Header.Set("Accept", "application/json")
			res, data := do(t, req)
			var a struct {
				Image  []byte
				Reason string `json:"finish_reason"`
				Seed   float64
			}
			if err := json.Unmarshal(data, &a); err != nil || !bytes.Equal(a.Image, raw) || a.Reason != c.finishReason || a.Seed == 0 || c.seed != 0 && a.Seed != c.seed {
				t.Errorf("%v %d bytes, want %d; %s, seed %v", err, len(a.Image), len(raw), a.Reason, a.Seed)
			}
			if h := res.Header; h.Get("Content-Type") != "application/json; type=image/"+c.format || h.Get("Finish-Reason") != "" || h.Get("Seed") != "" {
				t.Errorf("%v", h)
			}
		})
	}
	kind, body := form(t, "prompt=a fox [[badbase64]]")
	req := request(t, http.MethodPost, base+generated+"core", kind, body)
	req.Header.Set("Accept", "application/json")
	_, data := do(t, req)
	var a struct{ Image string }
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatal(err)
	}
	if _, err := base64.StdEncoding.DecodeString(a.Image); err == nil {
		t.Error("the base64 is not damaged")
	}
}
