package service_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/fetch"
	"aigc/app/jsonblob"
	"aigc/app/media"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// imageServer serves images and faulty answers on loopback.
func imageServer(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/fox.png", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(workertest.PNG()) })
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html></html>") })
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(workertest.PNG()[:40]) })
	mux.Handle("/inside", http.RedirectHandler("http://[fd00::1]/fox.png", http.StatusFound))
	mux.Handle("/file", http.RedirectHandler("file:///etc/passwd", http.StatusFound))
	mux.HandleFunc("/huge", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "99999999")
		_, _ = w.Write([]byte("x"))
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

func (r *rig) allowLoopback() {
	r.Fetch = fetch.New(fetch.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	r.t.Cleanup(r.Fetch.Close)
}

// stored counts stored objects without sidecars, and temporary uploads.
func (r *rig) stored() (objects, temporary int) {
	r.t.Helper()
	found, err := filepath.Glob(filepath.Join(r.Dir, "objects", "manual_uploads", "*", "*", "*", "*", "*"))
	r.Must(err)
	for _, f := range found {
		if !strings.HasSuffix(f, ".json") {
			objects++
		}
	}
	waiting, err := os.ReadDir(filepath.Join(r.Dir, "intake"))
	r.Must(err)
	return objects, len(waiting)
}

// An input may name an image in several ways. A faulty one is refused, and nothing
// is stored or purchased.
func TestInputImages(t *testing.T) {
	t.Parallel()
	b64 := base64.StdEncoding.EncodeToString(workertest.PNG())
	svg := base64.StdEncoding.EncodeToString([]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>`))
	const anything = "expected an http(s) URL"
	cases := map[string]struct {
		image string // {site}, {asset} and {link} are filled in
		kind  fault.Kind
		code  string
		want  string // part of the message
	}{
		"asset id":             {image: "{asset}"},
		"a link":               {image: "{link}"},
		"a link with a query":  {image: "{link}?width=100"},
		"URL":                  {image: "{site}/fox.png"},
		"URL in capitals":      {image: "{SITE}/fox.png"},
		"data URL":             {image: "data:image/png;base64," + b64},
		"data URL in capitals": {image: "DATA:image/png;base64," + b64},
		"base64":               {image: b64},
		"base64 for URLs":      {image: base64.RawURLEncoding.EncodeToString(workertest.PNG())},

		"nothing known":        {"not base64!", fault.Invalid, "unknown_file_type", anything},
		"a foreign scheme":     {"ftp://example.com/a.png", fault.Invalid, "unknown_file_type", anything},
		"a file":               {"file:///etc/passwd", fault.Invalid, "unknown_file_type", anything},
		"a guessed reference":  {"lifted:abcdefabcdefabcdefab", fault.Invalid, "unknown_reference", anything},
		"an unknown asset":     {"01930000-0000-7000-8000-000000000001", fault.Invalid, "asset_not_found", "no such asset"},
		"a link to nothing":    {"http://gateway/api/images/nothing.png", fault.Invalid, "asset_not_found", "no such asset"},
		"an invalid link":      {"http://gateway/api/images/%zz", fault.Invalid, "asset_not_found", "no such asset"},
		"text":                 {base64.StdEncoding.EncodeToString([]byte("hello")), fault.Unsupported, "unknown_file_type", "PNG"},
		"half an image":        {"data:image/png;base64," + base64.StdEncoding.EncodeToString(workertest.PNG()[:40]), fault.Invalid, "file_cut_short", "cut short"},
		"an SVG that runs":     {"data:image/svg+xml;base64," + svg, fault.Unsupported, "active_svg", "script"},
		"a page":               {"{site}/page", fault.Unsupported, "unknown_file_type", "PNG"},
		"a cut answer":         {"{site}/cut", fault.Invalid, "file_cut_short", "cut short"},
		"no such page":         {"{site}/nothing", fault.Invalid, "url_unreachable", "404"},
		"a redirect inside":    {"{site}/inside", fault.Invalid, "url_not_allowed", "not allowed"},
		"a redirect to a file": {"{site}/file", fault.Invalid, "url_redirect", "redirects"},
		"too large":            {"{site}/huge", fault.Invalid, "url_too_large", "larger"},
		"the metadata server":  {"http://169.254.169.254/latest/meta-data", fault.Invalid, "url_not_allowed", "not allowed"},
		"IPv6 of an IPv4":      {"http://[::ffff:10.0.0.1]/", fault.Invalid, "url_not_allowed", "not allowed"},
		"a decimal address":    {"http://167772161/", fault.Invalid, "url_not_allowed", "not allowed"},
		"an octal address":     {"http://012.0.0.1/", fault.Invalid, "url_not_allowed", "not allowed"},
		"with a password":      {"http://me:secret@example.com/", fault.Invalid, "url_invalid", "password"},
	}
	r := start(t)
	r.allowLoopback()
	a, err := r.Upload(context.Background(), workertest.Me, "fox.png", bytes.NewReader(workertest.PNG()))
	r.Must(err)
	home := imageServer(t)
	for name, c := range cases { // not parallel: each counts the files it leaves
		t.Run(name, func(t *testing.T) {
			before, _ := r.stored()
			bought := r.vendor.Purchases.Load()
			image := strings.NewReplacer("{site}", home, "{SITE}", strings.Replace(home, "http:", "HTTP:", 1), "{asset}", a.AssetID, "{link}", a.DirectURL).Replace(c.image)
			input, err := json.Marshal(map[string]any{"prompt": "fox", "image": image})
			r.Must(err)
			v, _, err := r.ask(string(input))
			objects, waiting := r.stored()
			if waiting != 0 {
				t.Errorf("%d temporary files are left", waiting)
			}
			if c.kind == "" {
				r.Must(err)
				if v = r.waitDone(v.TaskID); v.Status != task.Succeeded {
					t.Errorf("%+v", v)
				}
				return
			}
			wantFault(t, err, c.kind, c.code)
			f := fault.From(err)
			if !strings.Contains(f.Message, c.want) || strings.Contains(f.Message, "secret") || len(f.Details) != 1 || f.Details[0].Location != "body.image" || f.Charged != fault.ChargedNo {
				t.Errorf("%+v", f)
			}
			if n := r.vendor.Purchases.Load() - bought; n != 0 || objects != before {
				t.Errorf("%d purchases, %d new objects", n, objects-before)
			}
		})
	}
}

// One answer lists the faults of all images, each with its location.
func TestFaultsOfSeveralImages(t *testing.T) {
	t.Parallel()
	r := start(t)
	_, _, err := r.ask(`{"prompt":"x","image":"ftp://a","images":["http://127.0.0.1/","aGVsbG8=","zz!"]}`)
	var places []string
	for _, d := range fault.From(err).Details {
		places = append(places, d.Location)
	}
	if got := strings.Join(places, " "); got != "body.image body.images[0] body.images[1] body.images[2]" {
		t.Errorf("%s: %v", got, err)
	}
	wantFault(t, err, fault.Invalid, "unknown_file_type")
}

// Another owner's asset cannot be used, neither by id nor by link.
func TestAssetOwners(t *testing.T) {
	t.Parallel()
	r := start(t)
	a, err := r.Upload(context.Background(), service.Caller{Name: "you"}, "fox.png", bytes.NewReader(workertest.PNG()))
	r.Must(err)
	for _, value := range []string{a.AssetID, a.DirectURL} {
		_, _, err := r.ask(`{"prompt":"x","image":"` + value + `"}`)
		wantFault(t, err, fault.Invalid, "asset_not_found")
	}
	r.PrivateLinks = true
	for _, c := range []struct {
		caller service.Caller
		kind   fault.Kind
	}{{service.Caller{Name: "you"}, ""}, {service.Caller{Name: "root", Admin: true}, ""}, {workertest.Me, fault.NotFound}, {service.Caller{}, fault.Unauthenticated}} {
		o, err := r.Open(context.Background(), c.caller, a.ObjectName)
		if fault.KindOf(err) != c.kind {
			t.Errorf("%+v opens: %v", c.caller, err)
		}
		if err == nil {
			_ = o.Close()
		}
	}
}

// File names of callers are reduced to a safe last path element.
func TestUploadNames(t *testing.T) {
	t.Parallel()
	r := start(t)
	for name, want := range map[string]string{
		"fox.png": "fox.png", "../../etc/fox.png": "fox.png", `C:\Users\me\fox.png`: "fox.png", "a\r\nSet-Cookie: b.png": "aSet-Cookie: b.png",
		"狐狸.png": "狐狸.png", "": "", "..": "", strings.Repeat("x", 300): "",
	} {
		a, err := r.Upload(context.Background(), workertest.Me, name, bytes.NewReader(workertest.PNG()))
		r.Must(err)
		if want == "" {
			want = a.ObjectName[strings.LastIndexByte(a.ObjectName, '/')+1:]
		}
		if a.OriginalFilename != want {
			t.Errorf("%q is kept as %q, want %q", name, a.OriginalFilename, want)
		}
	}
}

// An upload that has failed is reported with its field, beside the faults of the other
// images, and one in a field of text is refused. Both are discarded, and nothing is bought.
func TestUploadsInInputs(t *testing.T) {
	t.Parallel()
	r := start(t)
	ctx := context.Background()
	received := func(content string) string {
		t.Helper()
		ref, err := service.Receive(ctx, r.Service, strings.NewReader(content))
		r.Must(err)
		return ref
	}
	failed := func() string {
		t.Helper()
		ref, err := service.Receive(ctx, r.Service, jsonblob.NewReader(strings.NewReader("QUJD!")))
		r.Must(err)
		return ref
	}
	const damaged = "the base64 of the file is damaged: character 5 is not base64"
	png := string(workertest.PNG())
	for name, c := range map[string]struct {
		input func() map[string]any
		code  string
		want  string
	}{
		"a file":         {func() map[string]any { return map[string]any{"prompt": "x", "image": received(png)} }, "", ""},
		"a file as text": {func() map[string]any { return map[string]any{"prompt": received(png)} }, "invalid_input", "body.prompt: expected text, not a file"},
		"damaged": {func() map[string]any {
			return map[string]any{"prompt": "x", "images": []string{received(png), failed()}}
		}, "invalid_base64", "body.images[1]: " + damaged},
		"damaged, and more": {func() map[string]any {
			return map[string]any{"prompt": "x", "image": failed(), "images": []string{"zz!"}}
		}, "invalid_base64", "body.image: " + damaged + "; body.images[0]: expected an http(s) URL, a data URL, base64 or an asset id"},
		"and in the schema": {func() map[string]any { return map[string]any{"prompt": "x", "n": 9, "image": failed()} }, "invalid_input", "body.image: " + damaged + "; body.n: expected number <= 4"},
		"too large": {func() map[string]any {
			return map[string]any{"prompt": "x", "image": received(strings.Repeat("x", media.MaxUpload+1))}
		}, "file_too_large", "body.image: A file may have at most 50 MB."},
	} {
		t.Run(name, func(t *testing.T) { // not parallel: each counts the files it leaves
			fields := c.input()
			input, err := json.Marshal(fields)
			r.Must(err)
			_, _, err = r.ask(string(input))
			if c.code == "" {
				r.Must(err)
				return
			}
			wantFault(t, err, fault.From(err).Kind, c.code)
			if got := fault.From(err).Message; got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			for _, m := range regexp.MustCompile(`lifted:[0-9a-f]+`).FindAllString(string(input), -1) {
				r.DiscardUploads(m)
			}
			if _, waiting := r.stored(); waiting != 0 {
				t.Errorf("%d temporary files are left", waiting)
			}
		})
	}
	if n := r.vendor.Purchases.Load(); n > 1 {
		t.Errorf("%d purchases", n)
	}
}
