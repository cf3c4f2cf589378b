package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image"
	"image/gif"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
	"aigc/app/sandbox/sandboxtest"
)

// imitation starts the imitation; its URL includes the path of the base URL.
func imitation(t *testing.T) string {
	t.Helper()
	return sandboxtest.One(t, New("gpt-image-1.5", "gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.6-flare"))
}

func post(t *testing.T, url, key, kind string, body io.Reader) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "Bearer "+key)
	return sandboxtest.Do(t, req)
}

// wantError requires an error in the vendor's format.
func wantError(t *testing.T, status int, body []byte, wantStatus int, code, param string) {
	t.Helper()
	var p struct {
		Error struct{ Message, Type, Param, Code string }
	}
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if e := p.Error; status != wantStatus || e.Code != code || e.Param != param || e.Message == "" || e.Type == "" {
		t.Errorf("%d %s, want %d %s %s", status, body, wantStatus, code, param)
	}
}

func TestImitationChecks(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	body := func(model, fields string) string { return `{"prompt":"x","model":"` + model + `"` + fields + `}` }
	cases := []struct {
		name, body  string
		status      int
		code, param string
	}{
		{"no JSON", `{"prompt":`, 400, "", ""},
		{"no prompt", `{"model":"gpt-image-2"}`, 400, "missing_required_parameter", "prompt"},
		{"no model", `{"prompt":"x"}`, 400, "missing_required_parameter", "model"},
		{"retired model", body("dall-e-3", ""), 404, "model_not_found", "model"},
		{"old field", body("gpt-image-2", `,"response_format":"url"`), 400, "unknown_parameter", "response_format"},
		{"too many", body("gpt-image-2", `,"n":11`), 400, "invalid_value", "n"},
		{"long prompt", body("gpt-image-2", `,"prompt":"`+strings.Repeat("x", 32001)+`"`), 400, "string_above_max_length", "prompt"},
		{"quality of another generation", body("gpt-image-2", `,"quality":"max"`), 400, "invalid_value", "quality"},
		{"old quality", body("gpt-image-2", `,"quality":"hd"`), 400, "invalid_value", "quality"},
		{"size of another generation", body("gpt-image-1.5", `,"size":"2048x2048"`), 400, "invalid_value", "size"},
		{"odd size", body("gpt-image-2", `,"size":"1000x1000"`), 400, "invalid_value", "size"},
		{"no size", body("gpt-image-2", `,"size":"large"`), 400, "invalid_value", "size"},
		{"large frames", body("gpt-image-2.6-flare", `,"size":"1024x1024","output_format":"gif"`), 400, "invalid_value", "size"},
		{"format of another generation", body("gpt-image-2.5-flare", `,"output_format":"gif"`), 400, "invalid_value", "output_format"},
		{"transparent jpeg", body("gpt-image-2", `,"background":"transparent","output_format":"jpeg"`), 400, "invalid_value", "background"},
		{"compressed png", body("gpt-image-2", `,"output_compression":50`), 400, "invalid_value", "output_compression"},
		{"compressed too much", body("gpt-image-2", `,"output_compression":101,"output_format":"jpeg"`), 400, "invalid_value", "output_compression"},
		{"moderation", body("gpt-image-2", `,"moderation":"none"`), 400, "invalid_value", "moderation"},
		{"complexity of another generation", body("gpt-image-2", `,"complexity":"low"`), 400, "unknown_parameter", "complexity"},
		{"fidelity", body("gpt-image-2", `,"input_fidelity":"high"`), 400, "unknown_parameter", "input_fidelity"},
		{"frames", body("gpt-image-2.6-flare", `,"output_format":"gif","gif":{"frame_count":17}`), 400, "invalid_value", "gif.frame_count"},
		{"frames of another generation", body("gpt-image-2", `,"gif":{}`), 400, "unknown_parameter", "gif"},
		{"unknown option", body("gpt-image-2.6-flare", `,"output_format":"gif","gif":{"frames":4}`), 400, "unknown_parameter", "gif.frames"},
		{"type", body("gpt-image-2", `,"n":"2"`), 400, "invalid_type", "n"},
		{"svg options of a png", body("gpt-image-2.6-flare", `,"svg":{"model":"x"}`), 400, "invalid_value", "output_format"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, got := post(t, base+"/images/generations", sandbox.Key, "application/json", strings.NewReader(c.body))
			wantError(t, status, got, c.status, c.code, c.param)
		})
	}
	t.Run("key", func(t *testing.T) {
		t.Parallel()
		status, got := post(t, base+"/images/generations", "wrong", "application/json", strings.NewReader(body("gpt-image-2", "")))
		wantError(t, status, got, 401, "invalid_api_key", "")
	})
	t.Run("path", func(t *testing.T) {
		t.Parallel()
		status, got := post(t, base+"/images/variations", sandbox.Key, "application/json", strings.NewReader("{}"))
		wantError(t, status, got, 404, "", "")
	})
}

// form writes a multipart body: values with a file name are files.
func form(t *testing.T, fields ...[3]string) (string, io.Reader) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		var part io.Writer
		var err error
		if f[2] == "" {
			part, err = w.CreateFormField(f[0])
		} else {
			part, err = w.CreateFormFile(f[0], f[2])
		}
		if err == nil {
			_, err = io.WriteString(part, f[1])
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

func pixels(w, h int) string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, w, h))); err != nil {
		panic(err) // writing to a buffer does not fail
	}
	return b.String()
}

func TestImitationChecksForms(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	prompt, model := [3]string{"prompt", "x"}, [3]string{"model", "gpt-image-2"}
	photo := [3]string{"image", pixels(64, 64), "a.png"}
	var file bytes.Buffer
	if err := picture.Encode(&file, image.NewNRGBA(image.Rect(0, 0, 64, 64)), "webp", 0); err != nil {
		t.Fatal(err)
	}
	webp := [3]string{"image", file.String(), "a.webp"}
	cases := []struct {
		name        string
		fields      [][3]string
		status      int
		code, param string // empty: accepted
	}{
		{"taken", [][3]string{prompt, model, photo}, 200, "", ""},
		{"webp", [][3]string{prompt, model, webp}, 200, "", ""},
		{"mask", [][3]string{prompt, model, photo, {"mask", pixels(64, 64), "m.png"}}, 200, "", ""},
		{"two", [][3]string{prompt, model, {"image[]", pixels(64, 64), "a.png"}, {"image[]", pixels(32, 32), "b.png"}}, 200, "", ""},
		{"two by the wrong name", [][3]string{prompt, model, photo, photo}, 400, "duplicate_parameter", "image"},
		{"no image", [][3]string{prompt, model}, 400, "missing_required_parameter", "image"},
		{"text for an image", [][3]string{prompt, model, {"image", "hello", "a.png"}}, 400, "invalid_image_file", "image"},
		{"mask of another size", [][3]string{prompt, model, photo, {"mask", pixels(32, 64), "m.png"}}, 400, "invalid_value", "mask"},
		{"mask of another type", [][3]string{prompt, model, photo, {"mask", "hello", "m.png"}}, 400, "invalid_image_file", "mask"},
		{"number", [][3]string{prompt, model, photo, {"n", "two"}}, 400, "invalid_type", "n"},
		{"unknown field", [][3]string{prompt, model, photo, {"style", "vivid"}}, 400, "unknown_parameter", "style"},
		{"fidelity", [][3]string{prompt, {"model", "gpt-image-1.5"}, photo, {"input_fidelity", "high"}}, 200, "", ""},
		{"fidelity of another generation", [][3]string{prompt, model, photo, {"input_fidelity", "high"}}, 400, "unknown_parameter", "input_fidelity"},
		{"unknown file", [][3]string{prompt, model, photo, {"sketch", pixels(64, 64), "s.png"}}, 400, "unknown_parameter", "sketch"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			kind, body := form(t, c.fields...)
			status, got := post(t, base+"/images/edits", sandbox.Key, kind, body)
			if c.status == http.StatusOK {
				if status != c.status {
					t.Errorf("%d %s", status, got)
				}
				return
			}
			wantError(t, status, got, c.status, c.code, c.param)
		})
	}
}

// Every format in the requested size.
func TestImitationDraws(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	for _, format := range []string{"png", "jpeg", "webp", "svg", "gif"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			size, frames := "1024x640", ""
			if format == "gif" {
				size, frames = "320x320", `,"gif":{"frame_count":8,"frame_duration_ms":50}`
			}
			body := fmt.Sprintf(`{"prompt":"a fox","model":"gpt-image-2.6-flare","n":2,"size":%q,"output_format":%q%s}`, size, format, frames)
			status, got := post(t, base+"/images/generations", sandbox.Key, "application/json", strings.NewReader(body))
			var a struct {
				Data []struct {
					B64 string `json:"b64_json"`
				}
				Size   string
				Format string `json:"output_format"`
				Usage  struct {
					Input  int `json:"input_tokens"`
					Output int `json:"output_tokens"`
					Total  int `json:"total_tokens"`
				}
			}
			if err := json.Unmarshal(got, &a); err != nil || status != http.StatusOK {
				t.Fatalf("%d %v", status, err)
			}
			if len(a.Data) != 2 || a.Size != size || a.Format != format || a.Usage.Total != a.Usage.Input+a.Usage.Output || a.Usage.Output <= 0 {
				t.Errorf("%d results, size %s, format %s, usage %+v", len(a.Data), a.Size, a.Format, a.Usage)
			}
			file, err := base64.StdEncoding.DecodeString(a.Data[0].B64)
			if err != nil {
				t.Fatal(err)
			}
			looksLike(t, format, file)
		})
	}
}

func looksLike(t *testing.T, format string, file []byte) {
	t.Helper()
	switch format {
	case "svg":
		var root struct {
			XMLName xml.Name
			Width   string `xml:"width,attr"`
		}
		if err := xml.Unmarshal(file, &root); err != nil || root.XMLName.Local != "svg" || root.Width != "1024" {
			t.Errorf("%v %+v", err, root)
		}
	case "gif":
		g, err := gif.DecodeAll(bytes.NewReader(file))
		if err != nil || len(g.Image) != 8 || g.Delay[0] != 5 || g.Config.Width != 320 {
			t.Errorf("%v", err)
		}
	case "webp":
		if http.DetectContentType(file) != "image/webp" {
			t.Error("no webp")
		}
	default:
		c, name, err := image.DecodeConfig(bytes.NewReader(file))
		if err != nil || name != format || c.Width != 1024 || c.Height != 640 {
			t.Errorf("%v %s %+v", err, name, c)
		}
	}
}
