package httpapi_test

import (
	"strconv"
	"strings"
	"testing"

	"aigc/app/httpapi"
	"aigc/app/service"
	"aigc/app/worker/workertest"
)

// upload uploads a file of any content.
func (r *rig) upload(name, content string, headers ...string) *answer {
	r.t.Helper()
	body := "--q\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n" + content + "\r\n--q--\r\n"
	return r.do("POST", "/api/files/upload", body, append([]string{"Content-Type", "multipart/form-data; boundary=q"}, headers...)...)
}

const harmlessSVG = `<svg xmlns="http://www.w3.org/2000/svg" width="5" height="6"><rect width="1" height="1"/></svg>`

// The content of an upload decides whether it is accepted, not its name.
func TestUploads(t *testing.T) {
	t.Parallel()
	r := start(t)
	svg := func(inside string) string {
		return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">` + inside + `</svg>`
	}
	png := string(workertest.PNG())
	cases := map[string]struct {
		name, content string
		status        int
		code          string
	}{
		"an image":             {"fox.png", png, 200, ""},
		"under another name":   {"fox.exe", png, 200, ""},
		"a harmless SVG":       {"a.svg", harmlessSVG, 200, ""},
		"text":                 {"a.png", "hello", 415, "unknown_file_type"},
		"a page":               {"a.svg", "<html></html>", 415, "unknown_file_type"},
		"nothing":              {"a.png", "", 422, "empty_file"},
		"half an image":        {"a.png", png[:len(png)-4], 422, "file_cut_short"},
		"SVG: script":          {"a.svg", svg("<script>1</script>"), 415, "active_svg"},
		"SVG: a handler":       {"a.svg", svg(`<rect onclick="x()"/>`), 415, "active_svg"},
		"SVG: a page inside":   {"a.svg", svg(`<foreignObject/>`), 415, "active_svg"},
		"SVG: another origin":  {"a.svg", svg(`<image xlink:href="http://evil.example/a.png"/>`), 415, "active_svg"},
		"SVG: a style sheet":   {"a.svg", svg(`<style>@import "http://evil.example";</style>`), 415, "active_svg"},
		"SVG: entities":        {"a.svg", `<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + svg("<text>&b;</text>"), 422, "file_damaged"},
		"SVG: a file entity":   {"a.svg", `<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + svg("<text>&a;</text>"), 422, "file_damaged"},
		"SVG: hidden entities": {"a.svg", `<!DOCTYPE svg [<!ENTITY a "aaaa">]>` + svg(""), 415, "active_svg"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.upload(c.name, c.content)
			a.t = t
			if c.code != "" {
				a.wantProblem(c.status, c.code)
				return
			}
			var v service.AssetView
			if a.data(&v); a.StatusCode != 200 || v.OriginalFilename != c.name || v.ImageURL != v.DirectURL || v.FileSize != int64(len(c.content)) || !strings.HasPrefix(v.DirectURL, r.url+"/api/images/manual_uploads/images/") {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
		})
	}
	for name, c := range map[string]struct {
		body, kind string
		status     int
		code       string
	}{
		"no form":     {"x", "text/plain", 415, "media_type"},
		"no boundary": {"x", "multipart/form-data", 415, "media_type"},
		"no file":     {"--q\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--q--\r\n", "multipart/form-data; boundary=q", 422, "invalid_input"},
		"cut short":   {"--q\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx", "multipart/form-data; boundary=q", 422, "upload_cut_short"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.do("POST", "/api/files/upload", c.body, "Content-Type", c.kind)
			a.t = t
			a.wantProblem(c.status, c.code)
		})
	}
}

// TestObjects checks downloads: ranges, conditions, HEAD, headers and names that
// must not lead out of the store.
func TestObjects(t *testing.T) {
	t.Parallel()
	r := start(t)
	url := r.do("POST", drawPath, `{"prompt":"fox"}`).view().Data[0].URL
	path := strings.TrimPrefix(url, r.url)
	png := string(workertest.PNG())
	size := strconv.Itoa(len(png))
	etag := r.do("GET", path, "").Header.Get("ETag")
	if etag == "" {
		t.Fatal("no ETag")
	}
	name := strings.TrimPrefix(path, "/api/images/")
	cases := map[string]struct {
		method, path string
		headers      []string
		status       int
		body         string
		header       [2]string
	}{
		"whole":                {"GET", path, nil, 200, png, [2]string{"Content-Length", size}},
		"HEAD":                 {"HEAD", path, nil, 200, "", [2]string{"Content-Length", size}},
		"a query is ignored":   {"GET", path + "?v=1", nil, 200, png, [2]string{"Content-Type", "image/png"}},
		"escaped slashes":      {"GET", "/api/images/" + strings.ReplaceAll(name, "/", "%2F"), nil, 200, png, [2]string{"Accept-Ranges", "bytes"}},
		"a range":              {"GET", path, []string{"Range", "bytes=1-3"}, 206, "PNG", [2]string{"Content-Range", "bytes 1-3/" + size}},
		"its end":              {"GET", path, []string{"Range", "bytes=-4"}, 206, png[len(png)-4:], [2]string{"Content-Length", "4"}},
		"beyond it":            {"GET", path, []string{"Range", "bytes=99999-"}, 416, "bad_range", [2]string{"Content-Range", "bytes */" + size}},
		"unchanged":            {"GET", path, []string{"If-None-Match", etag}, 304, "", [2]string{"ETag", etag}},
		"changed":              {"GET", path, []string{"If-None-Match", `"other"`}, 200, png, [2]string{"ETag", etag}},
		"a range of another":   {"GET", path, []string{"Range", "bytes=1-3", "If-Range", `"other"`}, 200, png, [2]string{"ETag", etag}},
		"posted to":            {"POST", path, nil, 405, "not_allowed", [2]string{"Allow", "OPTIONS, GET, HEAD"}},
		"its sidecar":          {"GET", path + ".json", nil, 404, "object_not_found", [2]string{}},
		"its sidecar, escaped": {"GET", path + "%2ejson", nil, 404, "object_not_found", [2]string{}},
		"its folder":           {"GET", path[:strings.LastIndexByte(path, '/')], nil, 404, "object_not_found", [2]string{}},
		"upwards":              {"GET", "/api/images/../" + name, nil, 404, "object_not_found", [2]string{}},
		"upwards, escaped":     {"GET", "/api/images/%2e%2e%2f%2e%2e%2faigc.db", nil, 404, "object_not_found", [2]string{}},
		"escaped twice":        {"GET", "/api/images/%252e%252e%252faigc.db", nil, 404, "object_not_found", [2]string{}},
		"a NUL":                {"GET", path + "%00.png", nil, 404, "object_not_found", [2]string{}},
		"a backslash":          {"GET", "/api/images/ai_generated%5c..%5cx", nil, 404, "object_not_found", [2]string{}},
		"double slashes":       {"GET", "/api/images//" + name, nil, 404, "object_not_found", [2]string{}},
		"unfinished files":     {"GET", "/api/images/.tmp-incoming/check", nil, 404, "object_not_found", [2]string{}},
		"nothing":              {"GET", "/api/images/", nil, 404, "object_not_found", [2]string{}},
	}
	for what, c := range cases {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			a := r.do(c.method, c.path, "", c.headers...)
			a.t = t
			if c.status >= 400 {
				a.wantProblem(c.status, c.body)
			} else if a.StatusCode != c.status || string(a.body) != c.body || a.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%d %v %.40q", a.StatusCode, a.Header, a.body)
			}
			if c.header[0] != "" && a.Header.Get(c.header[0]) != c.header[1] {
				t.Errorf("%s: %q, want %q", c.header[0], a.Header.Get(c.header[0]), c.header[1])
			}
		})
	}
}

// An SVG is sent as an attachment, with a policy that forbids scripts.
func TestSVGIsDownload(t *testing.T) {
	t.Parallel()
	r := start(t)
	var v service.AssetView
	r.upload(`a\"b.svg`, harmlessSVG).data(&v)
	a := r.do("GET", strings.TrimPrefix(v.DirectURL, r.url), "")
	if d := a.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment; filename=upload_") {
		t.Errorf("Content-Disposition: %s", d)
	}
	if csp := a.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "sandbox") {
		t.Errorf("Content-Security-Policy: %s", csp)
	}
}

// Private links require the owner's key, and Cache-Control keeps the files out of
// shared caches.
func TestPrivateLinks(t *testing.T) {
	t.Parallel()
	r := start(t, withKeys, func(r *rig, c *httpapi.Config) { r.PrivateLinks, c.PrivateLinks = true, true })
	v := r.do("POST", drawPath, `{"prompt":"fox"}`, "X-API-Key", aliceKey).view()
	path := strings.TrimPrefix(v.Data[0].URL, r.url)
	for name, c := range map[string]struct {
		key, code string
		status    int
	}{
		"its owner": {aliceKey, "", 200}, "an admin": {rootKey, "", 200}, "another": {bobKey, "object_not_found", 404},
		"no key": {"", "key_needed", 401}, "a wrong key": {"wrong-key-1", "key_needed", 401},
	} {
		t.Run(name, func(t *testing.T) {
			for _, p := range []string{path, path + ".thumb.jpg"} {
				a := r.do("GET", p, "", "X-API-Key", c.key)
				a.t = t
				switch {
				case c.code != "":
					a.wantProblem(c.status, c.code)
				case p == path && (a.StatusCode != c.status || !strings.HasPrefix(a.Header.Get("Cache-Control"), "private")):
					t.Errorf("%d %v", a.StatusCode, a.Header)
				}
			}
		})
	}
}
