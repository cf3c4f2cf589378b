package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/gif"
	_ "image/jpeg" // a format of results
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	_ "golang.org/x/image/webp" // a format of results

	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
	"aigc/app/sandbox/sandboxtest"
)

const (
	native = "/v1/image_generation"
	make3  = "/v1/images/generations"
	edit3  = "/v1/images/edits"
)

func start(t *testing.T) string {
	t.Helper()
	return sandboxtest.One(t, New("image-01", "image-01-live", "MiniMax-H3-Image", "MiniMax-H3-Image-Highspeed"))
}

// answer has the documented field names of both APIs.
type answer struct {
	ID   string
	Data json.RawMessage
	Meta struct {
		Success string `json:"success_count"`
		Failed  string `json:"failed_count"`
	} `json:"metadata"`
	Base struct {
		Code    *int   `json:"status_code"`
		Message string `json:"status_msg"`
	} `json:"base_resp"`
	Usage struct {
		Input  int `json:"input_tokens"`
		Output int `json:"output_tokens"`
		Total  int `json:"total_tokens"`
	}
	Error struct{ Message, Type string }
}

// call sends a request with the sandbox's key, or another one.
func call(t *testing.T, url, key, body string) (int, answer) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("X-Client-Request-Id", sandbox.NewID()+".1") // a task of its own
	status, data := sandboxtest.Do(t, req)
	var a answer
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatalf("%d %s: %v", status, data, err)
	}
	return status, a
}

// dataURL is an image as a data URL.
func dataURL(t *testing.T, mime string, encode func(io.Writer, image.Image) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	return "data:" + mime + ";base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

func encoded(t *testing.T, i image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, i); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Errors of image-01 have the status 200 and a code, those of H3 a status and a type.
func TestImitationChecks(t *testing.T) {
	t.Parallel()
	base := start(t)
	fox := dataURL(t, "image/png", png.Encode)
	moving := dataURL(t, "image/gif", func(w io.Writer, i image.Image) error { return gif.Encode(w, i, nil) })
	webp := dataURL(t, "image/webp", func(w io.Writer, i image.Image) error { return picture.Encode(w, i, "webp", 0) })
	large := dataURL(t, "image/png", func(w io.Writer, i image.Image) error {
		_, err := w.Write(append(encoded(t, i), make([]byte, 10<<20)...))
		return err
	})
	subject := func(file string) string {
		return `"subject_reference":[{"type":"character","image_file":"` + file + `"}]`
	}
	images := func(files ...string) string { return `"images":["` + strings.Join(files, `","`) + `"]` }
	many := make([]string, 17)
	for i := range many {
		many[i] = "https://x/y.png"
	}
	const live, h3, fast = "image-01-live", "MiniMax-H3-Image", "MiniMax-H3-Image-Highspeed"
	cases := []struct {
		name, path, model, fields string
		ok                        bool
	}{
		{"least", native, "image-01", `"prompt":"x"`, true},
		{"all of image-01", native, "image-01", `"prompt":"x","width":512,"height":520,"response_format":"base64","seed":-1,"n":2,"prompt_optimizer":true,"aigc_watermark":true,` + subject(fox), true},
		{"ratio beside sides", native, "image-01", `"prompt":"x","aspect_ratio":"21:9","width":512,"height":512`, true},
		{"all of live", native, live, `"prompt":"x","aspect_ratio":"9:16","style":{"style_type":"水彩"},` + subject("https://x/y.jpg"), true},
		{"no prompt", native, "image-01", `"n":1`, false},
		{"long prompt", native, "image-01", `"prompt":"` + strings.Repeat("狐", 1501) + `"`, false},
		{"misspelt", native, "image-01", `"prompt":"x","aspectRatio":"1:1"`, false},
		{"unknown model", native, "image-02", `"prompt":"x"`, false},
		{"model of H3", native, h3, `"prompt":"x"`, false},
		{"ten", native, "image-01", `"prompt":"x","n":10`, false},
		{"none", native, "image-01", `"prompt":"x","n":0`, false},
		{"ratio", native, "image-01", `"prompt":"x","aspect_ratio":"auto"`, false},
		{"wide of live", native, live, `"prompt":"x","aspect_ratio":"21:9"`, false},
		{"sides of live", native, live, `"prompt":"x","width":512,"height":512`, false},
		{"width alone", native, "image-01", `"prompt":"x","width":512`, false},
		{"odd sides", native, "image-01", `"prompt":"x","width":512,"height":1001`, false},
		{"small sides", native, "image-01", `"prompt":"x","width":504,"height":512`, false},
		{"large sides", native, "image-01", `"prompt":"x","width":512,"height":2056`, false},
		{"format of H3", native, "image-01", `"prompt":"x","response_format":"b64_json"`, false},
		{"style of image-01", native, "image-01", `"prompt":"x","style":{"style_type":"水彩"}`, false},
		{"style as text", native, live, `"prompt":"x","style":"水彩"`, false},
		{"other style", native, live, `"prompt":"x","style":{"style_type":"oil"}`, false},
		{"weight", native, live, `"prompt":"x","style":{"style_type":"水彩","style_weight":0.5}`, false}, // not confirmed
		{"subject without type", native, "image-01", `"prompt":"x","subject_reference":[{"image_file":"` + fox + `"}]`, false},
		{"subject of another type", native, "image-01", `"prompt":"x","subject_reference":[{"type":"face","image_file":"` + fox + `"}]`, false},
		{"raw base64", native, "image-01", `"prompt":"x",` + subject(strings.TrimPrefix(fox, "data:image/png;base64,")), false},
		{"gif", native, "image-01", `"prompt":"x",` + subject(moving), false},
		{"webp", native, "image-01", `"prompt":"x",` + subject(webp), false},
		{"large", native, "image-01", `"prompt":"x",` + subject(large), false},
		{"no image", native, "image-01", `"prompt":"x",` + subject("data:image/png;base64,aGk="), false},
		{"least of H3", make3, h3, `"prompt":"x"`, true},
		{"all of H3", make3, fast, `"prompt":"` + strings.Repeat("狐", 32000) + `","n":10,"size":"auto","aspect_ratio":"7:5","area":"1K","disable_prompt_enhanced":true,"response_format":"url","output_format":"jpeg"`, true},
		{"smallest size", make3, h3, `"prompt":"x","size":"810x810","aspect_ratio":"1:1"`, true},
		{"edit", edit3, h3, `"prompt":"x",` + images(fox, webp, "https://x/y.heic"), true},
		{"long prompt of H3", make3, h3, `"prompt":"` + strings.Repeat("狐", 32001) + `"`, false},
		{"eleven of H3", make3, h3, `"prompt":"x","n":11`, false},
		{"model of image-01", make3, "image-01", `"prompt":"x"`, false},
		{"tiny", make3, h3, `"prompt":"x","size":"800x800"`, false},
		{"huge", make3, h3, `"prompt":"x","size":"5000x4001"`, false},
		{"long", make3, h3, `"prompt":"x","size":"3008x1000"`, false},
		{"no size", make3, h3, `"prompt":"x","size":"2K"`, false},
		{"no ratio", make3, h3, `"prompt":"x","aspect_ratio":"wide"`, false},
		{"area beside a size", make3, h3, `"prompt":"x","size":"1024x1024","area":"1K"`, false},
		{"area", make3, h3, `"prompt":"x","area":"8K"`, false},
		{"not enhanced in any shape", make3, h3, `"prompt":"x","disable_prompt_enhanced":true,"aspect_ratio":"auto"`, false},
		{"fields of image-01", make3, h3, `"prompt":"x","seed":1`, false},
		{"images to the wrong path", make3, h3, `"prompt":"x",` + images(fox), false},
		{"edit of nothing", edit3, h3, `"prompt":"x"`, false},
		{"edit of an empty list", edit3, h3, `"prompt":"x","images":[]`, false},
		{"edit of seventeen", edit3, h3, `"prompt":"x",` + images(many...), false},
		{"edit of a gif", edit3, h3, `"prompt":"x",` + images(moving), false},
		{"no JSON", make3, h3, `"prompt":`, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, a := call(t, base+c.path, sandbox.Key, `{"model":"`+c.model+`",`+c.fields+`}`)
			switch {
			case c.path == native && c.ok:
				if status != 200 || a.Base.Code == nil || *a.Base.Code != 0 || a.ID == "" {
					t.Errorf("%d %+v", status, a)
				}
			case c.path == native:
				if status != 200 || a.Base.Code == nil || *a.Base.Code != 2013 || a.Base.Message == "" || string(a.Data) != "null" {
					t.Errorf("%d %+v", status, a)
				}
			case c.ok && (status != 200 || a.Error.Type != ""), !c.ok && (status != 400 || a.Error.Type != "bad_request_error" || a.Error.Message == ""):
				t.Errorf("%d %+v", status, a)
			}
		})
	}
	for path, want := range map[string]int{native: 200, make3: 401, edit3: 401} {
		status, a := call(t, base+path, "wrong", `{"model":"image-01","prompt":"x"}`)
		if status != want || (path == native) != (a.Base.Code != nil && *a.Base.Code == 1004) || (path == native) != (a.Error.Type == "") {
			t.Errorf("%s with a wrong key: %d %+v", path, status, a)
		}
	}
}

// The errors of directives, with the status and the code of each API.
func TestImitationFaults(t *testing.T) {
	t.Parallel()
	base := start(t)
	for directive, want := range map[string]struct{ code, status int }{
		"400": {2013, 400}, "401": {1004, 401}, "402": {1008, 402}, "429": {1002, 429}, "refuse": {1026, 422},
	} {
		if status, a := call(t, base+native, sandbox.Key, `{"model":"image-01","prompt":"x [[`+directive+`]]"}`); status != 200 || a.Base.Code == nil || *a.Base.Code != want.code {
			t.Errorf("%s: %d %+v", directive, status, a.Base)
		}
		if status, a := call(t, base+make3, sandbox.Key, `{"model":"MiniMax-H3-Image","prompt":"x [[`+directive+`]]"}`); status != want.status || a.Error.Type == "" {
			t.Errorf("%s: %d %+v", directive, status, a.Error)
		}
	}
	if _, a := call(t, base+native, sandbox.Key, `{"model":"image-01","prompt":"x [[refuse-output]]"}`); a.Base.Code == nil || *a.Base.Code != 1027 {
		t.Errorf("%+v", a)
	}
	_, a := call(t, base+native, sandbox.Key, `{"model":"image-01","prompt":"x [[refuse-output]]","n":3}`)
	if *a.Base.Code != 0 || a.Meta.Success != "2" || a.Meta.Failed != "1" || len(files(t, a)) != 2 {
		t.Errorf("partly filtered: %+v", a.Meta)
	}
}

// files are the results of an answer: URLs or base64.
func files(t *testing.T, a answer) (out []string) {
	t.Helper()
	var lists struct {
		URLs   []string `json:"image_urls"`
		Base64 []string `json:"image_base64"`
	}
	var items []struct {
		URL string
		B64 string `json:"b64_json"`
	}
	if json.Unmarshal(a.Data, &lists) == nil {
		return append(lists.URLs, lists.Base64...)
	}
	if err := json.Unmarshal(a.Data, &items); err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		out = append(out, i.URL+i.B64)
	}
	return out
}

// Results have the requested number, size and format, by URL and as base64.
func TestImitationDraws(t *testing.T) {
	t.Parallel()
	base := start(t)
	cases := []struct {
		name, path, body, format string
		count, w, h              int
		input                    int // tokens, of H3
	}{
		{"square", native, `{"model":"image-01","prompt":"a fox"}`, "jpeg", 1, 1024, 1024, 0},
		{"ratio", native, `{"model":"image-01-live","prompt":"a fox","aspect_ratio":"3:2","n":2}`, "jpeg", 2, 1248, 832, 0},
		{"sides", native, `{"model":"image-01","prompt":"a fox","width":512,"height":640,"response_format":"base64","n":2}`, "jpeg", 2, 512, 640, 0},
		{"ratio wins", native, `{"model":"image-01","prompt":"a fox","width":512,"height":640,"aspect_ratio":"21:9"}`, "jpeg", 1, 1344, 576, 0},
		{"H3", make3, `{"model":"MiniMax-H3-Image","prompt":"a fox","area":"1K","aspect_ratio":"2:1","n":2}`, "png", 2, 1440, 720, 2},
		{"size of H3", make3, `{"model":"MiniMax-H3-Image","prompt":"a fox","size":"1000x700","output_format":"jpeg","response_format":"b64_json"}`, "jpeg", 1, 1000, 700, 2},
		{"edit", edit3, `{"model":"MiniMax-H3-Image-Highspeed","prompt":"a fox","area":"1K","output_format":"webp","images":["https://x/y.png","https://x/z.png"]}`, "webp", 1, 1024, 1024, 1002},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, a := call(t, base+c.path, sandbox.Key, c.body)
			list := files(t, a)
			if status != 200 || len(list) != c.count || c.count == 2 && list[0] == list[1] {
				t.Fatalf("%d %d results", status, len(list))
			}
			if c.input > 0 && (a.Usage.Input != c.input || a.Usage.Output != 9000*c.count || a.Usage.Total != a.Usage.Input+a.Usage.Output) {
				t.Errorf("usage %+v", a.Usage)
			}
			file, err := base64.StdEncoding.DecodeString(list[c.count-1])
			if sandbox.IsAddress(list[0]) {
				req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, list[c.count-1], nil)
				_, file = sandboxtest.Do(t, req)
				err = nil
			}
			if err != nil {
				t.Fatal(err)
			}
			cfg, format, err := image.DecodeConfig(bytes.NewReader(file))
			if err != nil || format != c.format || cfg.Width != c.w || cfg.Height != c.h {
				t.Errorf("%v %s %dx%d, want %s %dx%d", err, format, cfg.Width, cfg.Height, c.format, c.w, c.h)
			}
		})
	}
}
