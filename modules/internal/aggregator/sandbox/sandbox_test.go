package sandbox

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
)

// ask sends a request with the sandbox's key and returns the status and the body.
func ask(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+sandbox.Key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// Each host answers in its own form, and refuses what its documentation does not have.
func TestHostsAnswer(t *testing.T) {
	t.Parallel()
	root := sandboxtest.Start(t, New("flux-2-pro", "gpt-image-2", "veo-3.1")).Root() + "/aggregator/"
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		contains           string
	}{
		"models":                  {"GET", "newapi/v1/models", "", 200, `"id":"flux-2-pro"`},
		"empty strings":           {"POST", "newapi/v1/images/generations", `{"model":"flux-2-pro","prompt":"x","response_format":"url"}`, 200, `"b64_json":""`},
		"base64":                  {"POST", "newapi/v1/images/generations", `{"model":"gpt-image-2","prompt":"x"}`, 200, `"url":""`},
		"unknown field dropped":   {"POST", "newapi/v1/images/generations", `{"model":"flux-2-pro","prompt":"x","steps":3}`, 200, `"data"`},
		"unknown field of OpenAI": {"POST", "newapi/v1/images/generations", `{"model":"gpt-image-2","prompt":"x","response_format":"url"}`, 400, "unknown_parameter"},
		"no prompt":               {"POST", "newapi/v1/images/generations", `{"model":"flux-2-pro"}`, 400, "prompt"},
		"wrong type":              {"POST", "newapi/v1/images/generations", `{"model":"flux-2-pro","prompt":"x","n":"2"}`, 400, "n:"},
		"unknown model":           {"POST", "newapi/v1/images/generations", `{"model":"x","prompt":"x"}`, 503, "model_not_found"},
		"no balance":              {"POST", "newapi/v1/images/generations", `{"model":"flux-2-pro","prompt":"x [[402]]"}`, 403, "insufficient_user_quota"},
		"no JSON":                 {"POST", "newapi/v1/images/generations", `{`, 400, "invalid_request"},
		"edit without a form":     {"POST", "newapi/v1/images/edits", `{}`, 400, "image is required"},
		"ticket of EvoLink":       {"POST", "evolink/v1/images/generations", `{"model":"flux-2-pro","prompt":"x"}`, 200, `"credits_reserved":1.6`},
		"another's address":       {"GET", "evolink/v1/images/tasks/x", "", 404, "Invalid URL"},
		"ticket of Qiniu":         {"POST", "qiniu/v1/images/generations", `{"model":"flux-2-pro","prompt":"x"}`, 200, `{"task_id":"`},
		"no such job":             {"GET", "qiniu/v1/images/tasks/x", "", 404, "task_not_exist"},
		"strict names":            {"POST", "chatfire/veo/v1/videos/generations", `{"model":"veo-3.1","prompt":"x"}`, 503, "model_not_found"},
		"frames without images":   {"POST", "chatfire/veo/v1/videos/generations", `{"model":"veo3-frames","prompt":"x"}`, 400, "invalid_request"},
		"unknown field of videos": {"POST", "newapi/v1/video/generations", `{"model":"veo-3.1","prompt":"x","seed":1}`, 400, "invalid_request"},
		"video":                   {"POST", "chatfire/veo/v1/videos/generations", `{"model":"veo3","prompt":"x"}`, 200, `"id":"veo3:`},
		"no such host":            {"GET", "elsewhere/v1/models", "", 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if status, body := ask(t, c.method, root+c.path, c.body); status != c.status || !strings.Contains(body, c.contains) {
				t.Errorf("%d %s, want %d with %s", status, body, c.status, c.contains)
			}
		})
	}
}

// Results are refused to a request that carries a key.
func TestResultsRefuseKeys(t *testing.T) {
	t.Parallel()
	root := sandboxtest.Start(t, New("flux-2-pro")).Root() + "/aggregator/"
	_, body := ask(t, http.MethodPost, root+"newapi/v1/images/generations", `{"model":"flux-2-pro","prompt":"x","size":"256x256"}`)
	_, after, _ := strings.Cut(body, `"url":"`)
	address, _, _ := strings.Cut(after, `"`)
	if status, _ := ask(t, http.MethodGet, address, ""); status != http.StatusBadRequest {
		t.Errorf("with a key: %d", status)
	}
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "image/png" {
		t.Errorf("without: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
}

// The account's address and dialect are those of the chosen host.
func TestPlay(t *testing.T) {
	t.Parallel()
	for host, dialect := range map[string]string{"": "video_generations", "evolink": "videos_generations", "qiniu": "videos", "chatfire": "chatfire", "other": "video_generations"} {
		a := sandbox.Play([]sandbox.Imitation{New("m")}, host)[0].Account("http://box")
		want := host
		if host == "" || host == "other" {
			want = newAPI
		}
		if a.BaseURL != "http://box/aggregator/"+want || a.Attrs["video"] != dialect {
			t.Errorf("%q: %s %s", host, a.BaseURL, a.Attrs["video"])
		}
	}
}
