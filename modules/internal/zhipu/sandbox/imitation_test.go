package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	_ "image/png" // the format of results
	"net/http"
	"strings"
	"testing"
	"time"

	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
)

// shown is an answer, with the documented field names.
type shown struct {
	ID        string `json:"id"`
	RequestID string `json:"request_id"`
	Model     string `json:"model"`
	Status    string `json:"task_status"`
	Data      []struct {
		URL string `json:"url"`
	} `json:"data"`
	Images []struct {
		URL string `json:"url"`
	} `json:"image_result"`
	Filter []filter `json:"content_filter"`
	Error  struct {
		Code, Message string
	} `json:"error"`
	Refused []filter `json:"contentFilter"`
}

type filter struct {
	Role  string
	Level *int
}

const key = "Bearer " + sandbox.Key

func start(t *testing.T) string {
	t.Helper()
	return sandboxtest.One(t, New("cogview-4-250304", "cogview-4", "cogview-3-flash", "glm-image"))
}

func ask(t *testing.T, method, url, auth, body string) (int, shown) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", auth)
	status, data := sandboxtest.Do(t, req)
	var s shown
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatalf("%d %s: %v", status, data, err)
	}
	return status, s
}

const (
	generations = "/images/generations"
	async       = "/async/images/generations"
)

func TestImitationChecks(t *testing.T) {
	t.Parallel()
	base := start(t)
	long := strings.Repeat("u", 129)
	cases := []struct {
		name, path, model, fields string
		status                    int
		code                      string
	}{
		{"least", generations, "cogview-4", ``, 200, ""},
		{"all", generations, "cogview-4-250304", `,"size":"1344x768","quality":"standard","watermark_enabled":false,"user_id":"user-000123","request_id":"all"`, 200, ""},
		{"all of glm, at once", generations, "glm-image", `,"size":"1728x960","quality":"hd","watermark_enabled":true,"user_id":"123456","request_id":"glm"`, 200, ""},
		{"all of glm", async, "glm-image", `,"size":"960x1728","quality":"hd","watermark_enabled":true,"user_id":"123456","request_id":"glm-async"`, 200, ""},
		{"flash", generations, "cogview-3-flash", `,"size":"720x1440"`, 200, ""},
		{"no prompt", generations, "cogview-4", `,"prompt":""`, 400, "1213"},
		{"no model", generations, "", ``, 400, "1213"},
		{"unknown model", generations, "cogview-9", ``, 400, "1211"},
		{"call mode", async, "cogview-4", ``, 400, "1212"},
		{"n", generations, "cogview-4", `,"n":2`, 400, "1214"},
		{"seed", async, "glm-image", `,"seed":1`, 400, "1214"},
		{"quality", generations, "cogview-4", `,"quality":"high"`, 400, "1214"},
		{"quality of flash", generations, "cogview-3-flash", `,"quality":"standard"`, 400, "1214"},
		{"quality of glm", async, "glm-image", `,"quality":"standard"`, 400, "1214"},
		{"watermark", generations, "cogview-4", `,"watermark_enabled":"no"`, 400, "1214"},
		{"short user", generations, "cogview-4", `,"user_id":"12345"`, 400, "1214"},
		{"long user", generations, "cogview-4", `,"user_id":"` + long + `"`, 400, "1214"},
		{"most pixels", generations, "cogview-4", `,"size":"2048x1024"`, 200, ""},
		{"too many pixels", generations, "cogview-4", `,"size":"2048x1040"`, 400, "1214"},
		{"step", generations, "cogview-4", `,"size":"1000x1000"`, 400, "1214"},
		{"small", generations, "cogview-4", `,"size":"496x512"`, 400, "1214"},
		{"large", generations, "cogview-4", `,"size":"2064x512"`, 400, "1214"},
		{"ratio", generations, "cogview-4", `,"size":"1:1"`, 400, "1214"},
		{"separator", generations, "cogview-4", `,"size":"1024*1024"`, 400, "1214"},
		{"square of glm", async, "glm-image", `,"size":"2048x2048"`, 200, ""},
		{"small for glm", async, "glm-image", `,"size":"1024x768"`, 400, "1214"},
		{"step of glm", async, "glm-image", `,"size":"1040x1024"`, 400, "1214"},
		{"refused", generations, "cogview-4", `,"prompt":"[[refuse]]"`, 400, "1301"},
		{"no balance", generations, "cogview-4", `,"prompt":"[[402]]"`, 429, "1113"},
		{"throttled", async, "glm-image", `,"prompt":"[[429]]"`, 429, "1302"},
		{"busy", async, "glm-image", `,"prompt":"[[503]]"`, 429, "1312"},
		{"key", async, "glm-image", `,"prompt":"[[401]]"`, 401, "1000"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, s := ask(t, http.MethodPost, base+c.path, key, `{"prompt":"x","model":"`+c.model+`"`+c.fields+`}`)
			if status != c.status || s.Error.Code != c.code || (s.Error.Message == "") != (c.code == "") {
				t.Errorf("%d %+v, want %d %s", status, s, c.status, c.code)
			}
			if refused := c.code == "1301"; refused != (len(s.Refused) == 1 && s.Refused[0].Role == "user") {
				t.Errorf("contentFilter %+v", s.Refused)
			}
		})
	}
	for _, c := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{http.MethodPost, generations, `{`, 400, "1210"},
		{http.MethodPost, "/images/edits", `{}`, 404, "1222"},
		{http.MethodGet, "/async-result/7000000000000000000", "", 400, "1214"},
	} {
		if status, s := ask(t, c.method, base+c.path, key, c.body); status != c.status || s.Error.Code != c.code {
			t.Errorf("%s %s: %d %+v", c.method, c.path, status, s)
		}
	}
}

func TestImitationAuth(t *testing.T) {
	t.Parallel()
	base := start(t)
	for _, auth := range []string{"", "Bearer wrong", sandbox.Key} {
		for _, path := range []string{generations, async, "/async-result/1"} {
			method := http.MethodPost
			if strings.HasPrefix(path, "/async-result") {
				method = http.MethodGet
			}
			if status, s := ask(t, method, base+path, auth, `{"model":"glm-image","prompt":"x"}`); status != http.StatusUnauthorized || s.Error.Code != "1000" {
				t.Errorf("%q %s: %d %+v", auth, path, status, s)
			}
		}
	}
}

// A request_id is accepted once, whatever the endpoint.
func TestImitationRefusesDuplicates(t *testing.T) {
	t.Parallel()
	base := start(t)
	const body = `{"model":"glm-image","prompt":"x","request_id":"task-1"}`
	if status, s := ask(t, http.MethodPost, base+async, key, body); status != http.StatusOK || s.RequestID != "task-1" {
		t.Fatalf("%d %+v", status, s)
	}
	if status, s := ask(t, http.MethodPost, base+generations, key, body); status != http.StatusBadRequest || s.Error.Code != "1231" {
		t.Errorf("%d %+v", status, s)
	}
	if status, s := ask(t, http.MethodGet, base+"/async-result/request-task-1", key, ""); status != http.StatusBadRequest {
		t.Errorf("the record of a request_id is taken for a task: %+v", s)
	}
}

// The images have the requested size, or the model's default.
func TestImitationDraws(t *testing.T) {
	t.Parallel()
	base := start(t)
	cases := []struct {
		name, path, body string
		w, h             int
	}{
		{"default", generations, `{"model":"cogview-4","prompt":"a fox"}`, 1024, 1024},
		{"size", generations, `{"model":"cogview-3-flash","prompt":"a fox","size":"512x640"}`, 512, 640},
		{"default of glm", async, `{"model":"glm-image","prompt":"a fox"}`, 1280, 1280},
		{"size of glm", async, `{"model":"glm-image","prompt":"a fox","size":"960x1728"}`, 960, 1728},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, s := ask(t, http.MethodPost, base+c.path, key, c.body)
			if status != http.StatusOK || s.ID == "" || s.RequestID == "" {
				t.Fatalf("%d %+v", status, s)
			}
			list := s.Data
			if c.path == async {
				if s.Status != "PROCESSING" || s.Model != "glm-image" || s.Data != nil || s.Images != nil {
					t.Fatalf("%+v", s)
				}
				list = ended(t, base, s.ID, "SUCCESS").Images
			} else if len(s.Filter) != 1 || s.Filter[0].Role != "assistant" || *s.Filter[0].Level != 3 {
				t.Errorf("content_filter %+v", s.Filter)
			}
			if len(list) != 1 {
				t.Fatalf("%d images", len(list))
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, list[0].URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, file := sandboxtest.Do(t, req)
			cfg, format, err := image.DecodeConfig(bytes.NewReader(file))
			if err != nil || format != "png" || cfg.Width != c.w || cfg.Height != c.h {
				t.Errorf("%s %dx%d, %v; want %dx%d", format, cfg.Width, cfg.Height, err, c.w, c.h)
			}
		})
	}
}

// A failed task gives no reason; a refused output of a synchronous call does.
func TestImitationFails(t *testing.T) {
	t.Parallel()
	base := start(t)
	_, s := ask(t, http.MethodPost, base+async, key, `{"model":"glm-image","prompt":"[[fail]]"}`)
	if u := ended(t, base, s.ID, "FAIL"); u.Images != nil || u.Error.Code != "" {
		t.Errorf("%+v", u)
	}
	status, s := ask(t, http.MethodPost, base+generations, key, `{"model":"cogview-4","prompt":"[[refuse-output]]"}`)
	if status != http.StatusBadRequest || s.Error.Code != "1301" || fmt.Sprint(s.Refused[0].Role, *s.Refused[0].Level) != "assistant0" {
		t.Errorf("%d %+v", status, s)
	}
}

// ended polls a task until it is in a state other than PROCESSING, which must be want.
func ended(t *testing.T, base, id, want string) shown {
	t.Helper()
	for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
		status, s := ask(t, http.MethodGet, base+"/async-result/"+id, key, "")
		switch {
		case status != http.StatusOK, s.Status != "PROCESSING" && s.Status != want, t.Context().Err() != nil:
			t.Fatalf("%d %+v", status, s)
		case s.Status == want:
			tick.Stop()
			return s
		}
	}
}
