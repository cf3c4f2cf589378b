package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/gif"
	"image/png"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
)

func imitation(t *testing.T) string {
	t.Helper()
	return sandboxtest.One(t, New("kling-v3", "kling-v3-omni", "kling-image-o1", "kling-v2-1"))
}

func call(t *testing.T, method, url, auth, body string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", auth)
	return sandboxtest.Do(t, req)
}

// shown is an answer, with the documented field names.
type shown struct {
	Code    int
	Message string
	Data    struct {
		TaskID string `json:"task_id"`
		Status string `json:"task_status"`
		Info   struct {
			External string `json:"external_task_id"`
		} `json:"task_info"`
		Result struct {
			Images []result
			Series []result `json:"series_images"`
		} `json:"task_result"`
		Units string `json:"final_unit_deduction"`
	}
}

type result struct {
	URL    string
	Marked string `json:"watermark_url"`
}

const key = "Bearer " + sandbox.Key

func ask(t *testing.T, method, url, body string) (int, shown) {
	t.Helper()
	status, data := call(t, method, url, key, body)
	var s shown
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatalf("%d %s: %v", status, data, err)
	}
	return status, s
}

func encoded(t *testing.T, w, h int, encode func(io.Writer, image.Image) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestImitationChecks(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	fox, small, long := encoded(t, 320, 320, png.Encode), encoded(t, 299, 320, png.Encode), encoded(t, 300, 751, png.Encode)
	moving := encoded(t, 320, 320, func(w io.Writer, i image.Image) error { return gif.Encode(w, i, nil) })
	const standard, omni = "/v1/images/generations", "/v1/images/omni-image"
	list := func(images ...string) string {
		return `"image_list":[{"image":"` + strings.Join(images, `"},{"image":"`) + `"}]`
	}
	cases := []struct {
		name, path, model, fields string
		status, code              int
	}{
		{"least", standard, "kling-v3", `"prompt":"x"`, 200, 0},
		{"all of v3", standard, "kling-v3", `"prompt":"x","image":"` + fox + `","image_reference":"face","element_list":[{"element_id":1}],"resolution":"2k","n":9,"aspect_ratio":"21:9","watermark_info":{"enabled":false},"callback_url":"https://x"`, 200, 0},
		{"all of v2-1", standard, "kling-v2-1", `"prompt":"x","image":"https://x/y.png","image_fidelity":0,"human_fidelity":1`, 200, 0},
		{"all of omni", omni, "kling-v3-omni", `"prompt":"x",` + list(fox, fox) + `,"element_list":[{"element_id":1}],"resolution":"4k","aspect_ratio":"auto","result_type":"series","series_amount":9`, 200, 0},
		{"auto amount", omni, "kling-v3-omni", `"prompt":"x","result_type":"series","series_amount":"auto"`, 200, 0},
		{"auto of O1", omni, "kling-image-o1", `"prompt":"x","aspect_ratio":"auto"`, 200, 0},
		{"no prompt", standard, "kling-v3", `"n":1`, 400, 1201},
		{"long prompt", standard, "kling-v3", `"prompt":"` + strings.Repeat("狐", 2501) + `"`, 400, 1201},
		{"misspelt", standard, "kling-v3", `"prompt":"x","aspectRatio":"1:1"`, 400, 1201},
		{"unknown model", standard, "kling-v9", `"prompt":"x"`, 404, 1203},
		{"retired model", standard, "kling-v1-5", `"prompt":"x"`, 404, 1203},
		{"model of the other endpoint", standard, "kling-v3-omni", `"prompt":"x"`, 404, 1203},
		{"ten images", standard, "kling-v3", `"prompt":"x","n":10`, 400, 1201},
		{"ratio", standard, "kling-v3", `"prompt":"x","aspect_ratio":"auto"`, 400, 1201},
		{"resolution", standard, "kling-v3", `"prompt":"x","resolution":"4k"`, 400, 1201},
		{"fidelity of v3", standard, "kling-v3", `"prompt":"x","image_fidelity":0.5`, 400, 1201},
		{"elements of v2-1", standard, "kling-v2-1", `"prompt":"x","element_list":[{"element_id":1}]`, 400, 1201},
		{"negative prompt and image", standard, "kling-v3", `"prompt":"x","negative_prompt":"y","image":"` + fox + `"`, 400, 1201},
		{"reference without image", standard, "kling-v3", `"prompt":"x","image_reference":"face"`, 400, 1201},
		{"data URL", standard, "kling-v3", `"prompt":"x","image":"data:image/png;base64,` + fox + `"`, 400, 1201},
		{"no image", standard, "kling-v3", `"prompt":"x","image":"aGk="`, 400, 1201},
		{"small image", standard, "kling-v3", `"prompt":"x","image":"` + small + `"`, 400, 1201},
		{"long image", standard, "kling-v3", `"prompt":"x","image":"` + long + `"`, 400, 1201},
		{"gif", standard, "kling-v3", `"prompt":"x","image":"` + moving + `"`, 400, 1201},
		{"eleven inputs", omni, "kling-v3-omni", `"prompt":"x",` + list(fox, fox, fox, fox, fox, fox, fox, fox, fox, fox) + `,"element_list":[{"element_id":1}]`, 400, 1201},
		{"negative prompt of omni", omni, "kling-v3-omni", `"prompt":"x","negative_prompt":"y"`, 400, 1201},
		{"4k of O1", omni, "kling-image-o1", `"prompt":"x","resolution":"4k"`, 400, 1201},
		{"series of O1", omni, "kling-image-o1", `"prompt":"x","result_type":"series"`, 400, 1201},
		{"auto without image", omni, "kling-v3-omni", `"prompt":"x","aspect_ratio":"auto"`, 400, 1201},
		{"amount", omni, "kling-v3-omni", `"prompt":"x","result_type":"series","series_amount":10`, 400, 1201},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, s := ask(t, http.MethodPost, base+c.path, `{"model_name":"`+c.model+`",`+c.fields+`}`)
			if status != c.status || s.Code != c.code || s.Message == "" || (s.Data.TaskID == "") != (c.code != 0) {
				t.Errorf("%d %+v, want %d %d", status, s, c.status, c.code)
			}
		})
	}
	for _, c := range []struct {
		method, path, body string
		status, code       int
	}{
		{http.MethodPost, standard, `{`, 400, 1201},
		{http.MethodPost, "/v1/images/kolors-virtual-try-on", `{}`, 404, 1202},
		{http.MethodGet, standard + "/no-such-task", "", 404, 1203},
	} {
		if status, s := ask(t, c.method, base+c.path, c.body); status != c.status || s.Code != c.code {
			t.Errorf("%s %s: %d %+v", c.method, c.path, status, s)
		}
	}
	if status, body := call(t, http.MethodGet, base+standard+"?pageNum=1&pageSize=1", key, ""); status != http.StatusOK || !bytes.Contains(body, []byte(`"data":[]`)) {
		t.Errorf("the list of tasks: %d %s", status, body)
	}
}

// The key is sent as an API key or signs a token; each fault has its own code.
func TestImitationAuth(t *testing.T) {
	t.Parallel()
	base := imitation(t) + "/v1/images/generations"
	for name, auth := range map[string]string{"none": "", "wrong": "Bearer wrong", "no token": "Bearer a.b.c", "dots": "Bearer ..", "empty claims": "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.."} {
		if status, body := call(t, http.MethodGet, base, auth, ""); status != http.StatusUnauthorized || !bytes.Contains(body, []byte("1002")) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	// {"iss":"sandbox","exp":2000,"nbf":1000}, signed by another implementation with the secret "sandbox".
	const token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzYW5kYm94IiwiZXhwIjoyMDAwLCJuYmYiOjEwMDB9."
	const signature = "sNSYUt_uwuWcsZ8oZPu5PkHQxXmDLqq6HqMsZWIeAjQ"
	for now, want := range map[int]int{999: 1004, 1000: 0, 1999: 0, 2000: 1004} {
		if got := tokenError(token+signature, now); got != want {
			t.Errorf("at %d: %d, want %d", now, got, want)
		}
	}
	if got := tokenError(token+"x"+signature[1:], 1500); got != 1002 {
		t.Errorf("a wrong signature: %d", got)
	}
}

// A task from submission to images, found by either id; an external id is unique.
func TestImitationDraws(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	cases := []struct {
		name, path, body string
		count, w, h      int // no width: the image is not drawn
		units            string
	}{
		{"text", "/v1/images/generations", `{"model_name":"kling-v3","prompt":"a fox","n":2,"external_task_id":"mine 1"}`, 2, 1360, 768, "16"},
		{"cheap", "/v1/images/generations", `{"model_name":"kling-v2-1","prompt":"a fox","aspect_ratio":"1:1","external_task_id":"mine 2"}`, 1, 1024, 1024, "4"},
		{"series", "/v1/images/omni-image", `{"model_name":"kling-v3-omni","prompt":"a fox","aspect_ratio":"1:1","resolution":"2k","result_type":"series","external_task_id":"mine 3"}`, 4, 2048, 2048, "32"},
		{"4k", "/v1/images/omni-image", `{"model_name":"kling-v3-omni","prompt":"a fox","aspect_ratio":"1:1","resolution":"4k","watermark_info":{"enabled":true},"external_task_id":"mine 4"}`, 1, 0, 0, "16"},
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, s := ask(t, http.MethodPost, base+c.path, c.body)
			if s.Data.Status != "submitted" || strings.Trim(s.Data.TaskID, "0123456789") != "" || s.Data.Result.Images != nil {
				t.Fatalf("%+v", s)
			}
			if status, again := ask(t, http.MethodPost, base+c.path, c.body); status != http.StatusBadRequest || again.Code != 1201 {
				t.Errorf("the same external id twice: %d %+v", status, again)
			}
			byOurs := base + c.path + "/mine%20" + string(rune('1'+i))
			for tick := time.NewTicker(20 * time.Millisecond); s.Data.Status != "succeed"; <-tick.C {
				if _, s = ask(t, http.MethodGet, byOurs, ""); s.Code != 0 || s.Data.Status == "failed" {
					t.Fatalf("%+v", s)
				}
			}
			_, same := ask(t, http.MethodGet, base+c.path+"/"+s.Data.TaskID, "")
			images := slices.Concat(s.Data.Result.Images, s.Data.Result.Series)
			if same.Data.TaskID != s.Data.TaskID || len(images) != c.count || s.Data.Units != c.units || (images[0].Marked != "") != (c.name == "4k") {
				t.Fatalf("%+v", s)
			}
			if c.w == 0 {
				return
			}
			status, file := call(t, http.MethodGet, images[c.count-1].URL, "", "")
			cfg, _, err := image.DecodeConfig(bytes.NewReader(file))
			if status != http.StatusOK || err != nil || cfg.Width != c.w || cfg.Height != c.h {
				t.Errorf("%d %v %dx%d, want %dx%d", status, err, cfg.Width, cfg.Height, c.w, c.h)
			}
		})
	}
}
