package httpapi_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"aigc/app/httpapi"
	"aigc/app/worker/workertest"
)

// Swagger UI loads its files from this server only, whatever path its page has and
// whichever a proxy removes, and its Content-Security-Policy allows no other source.
func TestDocsWorkOffline(t *testing.T) {
	t.Parallel()
	r := start(t)
	for _, address := range []string{"/docs", "/docs/"} {
		page := r.do("GET", address, "")
		csp := page.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'self'") || strings.Contains(csp, "unsafe-eval") || strings.Contains(csp, "script-src") {
			t.Errorf("Content-Security-Policy: %s", csp)
		}
		if strings.Contains(string(page.body), "<script>") || strings.Contains(string(page.body), "://") {
			t.Errorf("the page has inline scripts or other origins:\n%s", page.body)
		}
		base := &url.URL{Scheme: "https", Host: "images.example.com", Path: "/a/b" + address}
		links := regexp.MustCompile(`(?:src|href|data-spec)="([^"]+)"`).FindAllStringSubmatch(string(page.body), -1)
		if len(links) != 5 {
			t.Errorf("%s has the links %v", address, links)
		}
		for _, m := range links {
			to, err := base.Parse(m[1])
			if err != nil {
				t.Fatal(err)
			}
			path, below := strings.CutPrefix(to.Path, "/a/b/")
			if a := r.do("GET", "/"+path, ""); !below || a.StatusCode != 200 || len(a.body) == 0 {
				t.Errorf("%s in %s: %d", to, address, a.StatusCode)
			}
		}
	}
	r.do("GET", "/docs/nothing.js", "").wantProblem(404, "no_such_route")
	r.do("GET", "/docs/..%2fopenapi.go", "").wantProblem(404, "no_such_route")
}

// Browsers ask for an icon.
func TestFavicon(t *testing.T) {
	t.Parallel()
	r := start(t)
	for _, path := range []string{"/favicon.ico", "/favicon.svg", "/docs/favicon.svg"} {
		if a := r.do("GET", path, ""); a.StatusCode != 200 || a.Header.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(string(a.body), "<svg") {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.Header.Get("Content-Type"))
		}
	}
}

// behind is a proxy's address that strips a path.
const behind = "https://images.example.com/a/b"

// All addresses in responses begin with the public one, whatever Host and forwarding
// headers say.
func TestAddressesBehindAProxy(t *testing.T) {
	t.Parallel()
	r := start(t, func(_ *rig, c *httpapi.Config) { c.Public, c.MCPURL = behind+"/", "https://mcp.example.com/mcp" })
	forwarded := []string{"Host", "images.example.com", "X-Forwarded-Host", "evil.example", "X-Forwarded-Prefix", "/evil"}
	done := r.do("POST", drawPath, `{"prompt":"fox"}`, forwarded...)
	id := done.view().TaskID
	task := behind + "/api/tasks/" + id
	failed := r.do("POST", drawPath, `{"prompt":"refuse"}`, forwarded...)
	accepted := r.do("POST", drawPath, `{"prompt":"another"}`, append(forwarded, "Prefer", "respond-async")...)
	video := r.do("POST", "/api/gallery/video", `{"prompt":"fox"}`, forwarded...)
	form, contentType := multipartBody(t, [2]string{"file", string(workertest.PNG())})
	upload := r.do("POST", "/api/files/upload", form, append(forwarded, "Content-Type", contentType)...)
	for name, got := range map[string]string{
		"a result":        done.Header.Get("Location"),
		"a failed task":   failed.Header.Get("Location"),
		"a 202":           accepted.Header.Get("Location"),
		"a video":         video.Header.Get("Location"),
		"an upload":       upload.Header.Get("Location"),
		"a result's link": done.view().Data[0].URL,
	} {
		if !strings.HasPrefix(got, behind+"/api/") {
			t.Errorf("%s: %q", name, got)
		}
	}
	if done.Header.Get("Location") != task || video.StatusCode != 202 || accepted.Header.Get("Retry-After") == "" {
		t.Errorf("%v\n%v", done.Header, video.Header)
	}
	for _, path := range []string{"/openapi.json", "/openapi-3.0.json"} {
		if a := r.do("GET", path, "", forwarded...); !strings.Contains(string(a.body), `"servers":[{"url":"`+behind+`"}]`) {
			t.Errorf("%s does not name the public address", path)
		}
	}
	health := string(r.do("GET", "/api/health", "", forwarded...).body)
	root := string(r.do("GET", "/", "", forwarded...).body)
	page := string(r.do("GET", "/", "", append(forwarded, "Accept", "text/html")...).body)
	for _, body := range []string{health, root, page} {
		if strings.Contains(body, "evil") || strings.Contains(body, "127.0.0.1") || !strings.Contains(body, behind) {
			t.Errorf("foreign addresses:\n%s", body)
		}
		for _, m := range regexp.MustCompile(`"(/[^"/][^"]*)"`).FindAllStringSubmatch(body, -1) {
			if m[1] != "/a/b/api" { // api_prefix
				t.Errorf("an address without its host: %s", m[1])
			}
		}
	}
}
