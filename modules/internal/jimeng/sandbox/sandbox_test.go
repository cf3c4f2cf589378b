package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg" // results may be of this type
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
	return sandboxtest.One(t, New("jimeng_seedream46_cvtob", "jimeng_t2i_v40", "jimeng_t2i_v31", "jimeng_i2i_v30", "seededit_v3.0"))
}

// answer is the part of an answer that the tests read.
type answer struct {
	Code    int
	Message string
	Data    struct {
		TaskID    string `json:"task_id"`
		Status    string
		Addresses []string `json:"image_urls"`
	}
	Gateway struct {
		Error struct{ Code string }
	} `json:"ResponseMetadata"`
}

// call sends a body signed with the imitation's own code; spoil may change the
// request afterwards.
func call(t *testing.T, base, action, body string, spoil ...func(*http.Request)) (int, answer) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/?Action="+action+"&Version=2022-08-31", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Date", time.Now().UTC().Format("20060102T150405Z"))
	seen := r.Clone(t.Context())
	seen.RequestURI = r.URL.RequestURI()
	r.Header.Set("X-Content-Sha256", digest(body))
	seen.Header.Set("X-Content-Sha256", digest(body))
	r.Header.Set("Authorization", signature(seen, []byte(body)))
	for _, f := range spoil {
		f(r)
	}
	status, data := sandboxtest.Do(t, r)
	var a answer
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return status, a
}

func digest(body string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(body))) }

func pixels(t *testing.T, w, h int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

const (
	submit = "CVSync2AsyncSubmitTask"
	result = "CVSync2AsyncGetResult"
)

func TestImitationChecks(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	with := func(model, fields string) string { return `{"prompt":"x","req_key":"` + model + `"` + fields + `}` }
	const v46, v40, v31, edit, old = "jimeng_seedream46_cvtob", "jimeng_t2i_v40", "jimeng_t2i_v31", "jimeng_i2i_v30", "seededit_v3.0"
	const link = `"https://example.com/a.png"`
	dot := `"` + pixels(t, 64, 64) + `"`
	for name, c := range map[string]struct {
		body string
		code int    // 10000: accepted
		says string // in the message
	}{
		"least":                          {with(v46, ""), 10000, ""},
		"an unknown model":               {with("jimeng_t2i_v99", ""), 50400, ""},
		"a model that is not served":     {with("jimeng_t2i_v30", ""), 50400, ""},
		"no prompt":                      {`{"req_key":"` + v46 + `"}`, 50215, "prompt"},
		"a long prompt":                  {`{"req_key":"` + v46 + `","prompt":"` + strings.Repeat("x", 801) + `"}`, 50215, "prompt"},
		"a long prompt of an edit":       {`{"req_key":"` + edit + `","prompt":"` + strings.Repeat("x", 801) + `","binary_data_base64":[` + dot + `]}`, 10000, ""},
		"a misspelt field":               {with(v46, `,"force_singles":true`), 50215, "force_singles"},
		"no JSON":                        {`{"prompt":`, 50215, ""},
		"a weight of 4.6":                {with(v46, `,"scale":80`), 10000, ""},
		"a fraction for 4.6":             {with(v46, `,"scale":0.5`), 50215, "scale"},
		"a fraction for 4.0":             {with(v40, `,"scale":0.5`), 10000, ""},
		"a weight of 4.6 for 4.0":        {with(v40, `,"scale":80`), 50215, "scale"},
		"a weight for 3.1":               {with(v31, `,"scale":0.5`), 50215, "scale"},
		"an area":                        {with(v40, `,"size":4194304`), 10000, ""},
		"a small area":                   {with(v40, `,"size":1024`), 50215, "size"},
		"an area as text":                {with(v40, `,"size":"2048x2048"`), 50215, "size"},
		"one side":                       {with(v40, `,"width":2048`), 50215, "width"},
		"wide":                           {with(v40, `,"width":4096,"height":1024`), 50215, "width"},
		"wide, and allowed":              {with(v40, `,"width":4096,"height":1024,"max_ratio":4`), 10000, ""},
		"ratios that cross":              {with(v40, `,"min_ratio":2,"max_ratio":1`), 50215, "ratio"},
		"ten images":                     {with(v40, `,"image_urls":[`+strings.Repeat(link+",", 9)+link+`]`), 10000, ""},
		"eleven images":                  {with(v40, `,"image_urls":[`+strings.Repeat(link+",", 10)+link+`]`), 50215, "images"},
		"eleven images of 4.6":           {with(v46, `,"image_urls":[`+strings.Repeat(link+",", 10)+link+`]`), 10000, ""},
		"bytes for 4.0":                  {with(v40, `,"binary_data_base64":[`+dot+`]`), 50215, "binary_data_base64"},
		"a data URL as an address":       {with(v40, `,"image_urls":["data:image/png;base64,aGk="]`), 50215, "address"},
		"images for 3.1":                 {with(v31, `,"image_urls":[`+link+`]`), 50215, "image_urls"},
		"a seed for 4.0":                 {with(v40, `,"seed":1`), 50215, "seed"},
		"a seed for 3.1":                 {with(v31, `,"seed":1,"use_pre_llm":false`), 10000, ""},
		"an edit":                        {with(edit, `,"binary_data_base64":[`+dot+`],"seed":1,"scale":0.5,"width":512,"height":2016`), 10000, ""},
		"an edit by address":             {with(edit, `,"image_urls":[`+link+`]`), 10000, ""},
		"an edit of nothing":             {with(edit, ""), 50215, "images"},
		"an edit of two":                 {with(edit, `,"image_urls":[`+link+`],"binary_data_base64":[`+dot+`]`), 50215, "images"},
		"an edit in large sides":         {with(edit, `,"binary_data_base64":[`+dot+`],"width":2048,"height":2048`), 50215, "width"},
		"an edit of a narrow image":      {with(edit, `,"binary_data_base64":["`+pixels(t, 16, 64)+`"]`), 50215, "image"},
		"an edit of what is no image":    {with(edit, `,"binary_data_base64":["aGk="]`), 50215, "binary_data_base64"},
		"SeedEdit":                       {with(old, `,"binary_data_base64":[`+dot+`],"scale":1`), 10000, ""},
		"SeedEdit in sides":              {with(old, `,"binary_data_base64":[`+dot+`],"width":512`), 50215, "width"},
		"the directive 400":              {with(v46, ``)[:11] + "[[400]]" + with(v46, ``)[11:], 50215, ""},
		"text that moderation refuses":   {with(v46, ``)[:11] + "[[refuse]]" + with(v46, ``)[11:], 50412, "Text"},
		"a directive without effect":     {with(v46, ``)[:11] + "[[402]]" + with(v46, ``)[11:], 10000, ""},
		"throttled":                      {with(v46, ``)[:11] + "[[429]]" + with(v46, ``)[11:], 50429, ""},
		"something behind the JSON body": {with(v46, "") + "{}", 50215, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, a := call(t, base, submit, c.body)
			if a.Code != c.code || !strings.Contains(a.Message, c.says) || (status == http.StatusOK) != (c.code == 10000) || (a.Data.TaskID != "") != (c.code == 10000) {
				t.Errorf("%d %+v, want %d with %q", status, a, c.code, c.says)
			}
		})
	}
}

// Requests without the documented signature are refused.
func TestImitationChecksSignatures(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	const body = `{"prompt":"x","req_key":"jimeng_t2i_v40","force_single":true}`
	for name, spoil := range map[string]func(*http.Request){
		"none":           func(r *http.Request) { r.Header.Del("Authorization") },
		"an API key":     func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+sandbox.Key) },
		"another key":    func(r *http.Request) { replace(r, accessKey, "AKLTOTHER") },
		"another scope":  func(r *http.Request) { replace(r, "/cv/", "/iam/") },
		"another date":   func(r *http.Request) { r.Header.Set("X-Date", "20200101T000000Z") },
		"another type":   func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
		"another digest": func(r *http.Request) { r.Header.Set("X-Content-Sha256", digest("")) },
		"another query":  func(r *http.Request) { r.URL.RawQuery += "&x=1" },
		"another host":   func(r *http.Request) { r.Host = "example.com" },
		"another body":   func(r *http.Request) { swap(r, strings.Replace(body, `"x"`, `"y"`, 1)) },
		"unchanged":      nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if spoil == nil {
				if status, a := call(t, base, submit, body); status != http.StatusOK {
					t.Errorf("%d %+v", status, a)
				}
				return
			}
			if status, a := call(t, base, submit, body, spoil); status != http.StatusUnauthorized || a.Gateway.Error.Code != "SignatureDoesNotMatch" {
				t.Errorf("%d %+v", status, a)
			}
		})
	}
}

func replace(r *http.Request, old, now string) {
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, now, 1))
}

func swap(r *http.Request, body string) {
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
}

// Results are images of the requested size and format.
func TestImitationDraws(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	dot := pixels(t, 64, 64)
	for name, c := range map[string]struct {
		model, fields string
		format        string
		width, height int
		n             int
	}{
		"as usual":     {"jimeng_t2i_v40", `,"force_single":true`, "png", 2048, 2048, 1},
		"by its area":  {"jimeng_t2i_v40", `,"force_single":true,"size":1048576`, "png", 1024, 1024, 1},
		"by its sides": {"jimeng_seedream46_cvtob", `,"force_single":true,"width":1360,"height":800`, "png", 1360, 800, 1},
		"a series":     {"jimeng_seedream46_cvtob", `,"size":1048576`, "png", 1024, 1024, 3},
		"3.1":          {"jimeng_t2i_v31", `,"seed":7`, "jpeg", 1328, 1328, 1},
		"an edit":      {"jimeng_i2i_v30", `,"binary_data_base64":["` + dot + `"],"width":512,"height":640`, "jpeg", 512, 640, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, a := call(t, base, submit, `{"prompt":"a fox","req_key":"`+c.model+`"`+c.fields+`}`)
			if len(a.Data.TaskID) != 19 {
				t.Fatalf("task id %q", a.Data.TaskID)
			}
			ask := fmt.Sprintf(`{"req_key":"%s","task_id":"%s","req_json":"{\"return_url\":true,\"logo_info\":{\"add_logo\":false}}"}`, c.model, a.Data.TaskID)
			for a.Data.Status != "done" {
				if _, a = call(t, base, result, ask); a.Data.Status != "generating" && a.Data.Status != "done" {
					t.Fatalf("%+v", a)
				}
			}
			if len(a.Data.Addresses) != c.n {
				t.Fatalf("%d images, want %d", len(a.Data.Addresses), c.n)
			}
			res, err := http.Get(a.Data.Addresses[0])
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if cfg, format, err := image.DecodeConfig(res.Body); err != nil || format != c.format || cfg.Width != c.width || cfg.Height != c.height {
				t.Errorf("%v: a %s of %dx%d", err, format, cfg.Width, cfg.Height)
			}
		})
	}
}

// A poll must name the job, its model and the form of the results.
func TestImitationChecksPolls(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	_, a := call(t, base, submit, `{"prompt":"a fox [[hang]]","req_key":"jimeng_t2i_v40","force_single":true}`)
	for name, c := range map[string]struct {
		key, id, reqJSON string
		want             string // status; empty: refused
	}{
		"valid":                {"jimeng_t2i_v40", a.Data.TaskID, `{"return_url":true}`, "generating"},
		"with a watermark":     {"jimeng_t2i_v40", a.Data.TaskID, `{"return_url":true,"logo_info":{"add_logo":true,"position":3,"language":1,"opacity":0.3,"logo_text_content":"x"}}`, "generating"},
		"another model":        {"jimeng_t2i_v31", a.Data.TaskID, `{"return_url":true}`, "not_found"},
		"another job":          {"jimeng_t2i_v40", "1", `{"return_url":true}`, "not_found"},
		"no job":               {"jimeng_t2i_v40", "", `{"return_url":true}`, ""},
		"no req_json":          {"jimeng_t2i_v40", a.Data.TaskID, ``, ""},
		"a misspelt req_json":  {"jimeng_t2i_v40", a.Data.TaskID, `{"return_urls":true}`, ""},
		"a misspelt watermark": {"jimeng_t2i_v40", a.Data.TaskID, `{"return_url":true,"logo_info":{"add":true}}`, ""},
		"an invalid corner":    {"jimeng_t2i_v40", a.Data.TaskID, `{"return_url":true,"logo_info":{"position":4}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, err := json.Marshal(map[string]string{"req_key": c.key, "task_id": c.id, "req_json": c.reqJSON})
			if err != nil {
				t.Fatal(err)
			}
			status, got := call(t, base, result, string(body))
			if got.Data.Status != c.want || (status == http.StatusOK) != (c.want != "") {
				t.Errorf("%d %+v, want %s", status, got, c.want)
			}
		})
	}
	if status, got := call(t, base, "CVProcess", `{}`); status != http.StatusBadRequest || got.Code != 50215 {
		t.Errorf("another action: %d %+v", status, got)
	}
}
