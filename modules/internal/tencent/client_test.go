package tencent

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/modules/internal/hunyuan"
)

// vendor answers every request with one body and records the last request.
type vendor struct {
	*httptest.Server
	answer string
	header http.Header
	body   string
}

func newVendor(t *testing.T, answer string) *vendor {
	v := &vendor{answer: answer}
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		v.header, v.body = r.Header, string(data)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, v.answer)
	}))
	t.Cleanup(v.Close)
	return v
}

func (v *vendor) call(f files, age time.Duration) provider.Call {
	return provider.Call{
		Model: hunyuan.Image30, Age: age, Inputs: f, HTTP: &provider.Client{HTTP: provider.NewTransport()},
		Account: provider.Account{Vendor: "tencent", BaseURL: v.URL, AccessKey: "access-key", Secret: "secret-key"},
	}
}

// files opens every image of an input as a file with this media type, size and side.
type files struct {
	mime string
	size int64
	url  string
	side int
}

// Open implements [provider.AssetOpener].
func (f files) Open(context.Context, provider.ImageRef) (provider.Input, error) {
	return provider.Input{Name: "a", MIME: f.mime, Size: f.size, Width: f.side, Height: f.side, URL: f.url,
		Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(strings.Repeat("x", int(f.size)))), nil
		}}, nil
}

// Every request names its action, the version and the region, and is signed.
func TestHeaders(t *testing.T) {
	t.Parallel()
	v := newVendor(t, `{"Response":{"JobId":"1"}}`)
	check := func(action string) {
		t.Helper()
		h := v.header
		if h.Get("X-TC-Action") != action || h.Get("X-TC-Version") != "2022-12-29" || h.Get("X-TC-Region") != "ap-guangzhou" ||
			h.Get("X-TC-Timestamp") == "" || !strings.HasPrefix(h.Get("Authorization"), "TC3-HMAC-SHA256 Credential=access-key/") {
			t.Errorf("%s: %v", action, h)
		}
	}
	if _, err := (Driver{}).Submit(t.Context(), v.call(files{}, 0), hunyuan.Input{Prompt: "x"}); err != nil {
		t.Fatal(err)
	}
	check("SubmitTextToImageJob")
	if _, err := (Driver{}).Poll(t.Context(), v.call(files{}, 0), provider.Ticket{ID: "1"}); err != nil {
		t.Fatal(err)
	}
	check("QueryTextToImageJob")
}

// How input images are sent, and the faults reported before anything is sent.
func TestInputImages(t *testing.T) {
	t.Parallel()
	const address = "https://gateway.example/api/images/a.png"
	for name, c := range map[string]struct {
		files  files
		images int
		urls   int    // of them, sent as URLs
		want   string // part of the fault; empty: sent
	}{
		"base64":                       {files{"image/png", 100, address, 800}, 3, 0, ""},
		"every type":                   {files{"image/tiff", 100, "", 800}, 1, 0, ""},
		"another type":                 {files{"image/gif", 100, "", 800}, 1, 0, "does not take: convert it to PNG or JPEG"},
		"largest":                      {files{"image/png", 4_718_589, "", 800}, 1, 0, ""},
		"6 MB as base64":               {files{"image/png", 4_718_590, address, 800}, 1, 0, "takes at most"},
		"smallest":                     {files{"image/png", 100, "", 50}, 1, 0, ""},
		"too small":                    {files{"image/png", 100, "", 49}, 1, 0, "at least 50 pixels"},
		"longest side":                 {files{"image/png", 100, "", 5000}, 1, 0, ""},
		"too long":                     {files{"image/png", 100, "", 5001}, 1, 0, "at most 5000 pixels"},
		"more than 10 MB together":     {files{"image/png", 4_000_000, address, 800}, 3, 2, ""},
		"more than 10 MB without URLs": {files{"image/png", 4_000_000, "", 800}, 3, 0, "AIGC_PUBLIC_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, `{"Response":{"JobId":"1"}}`)
			in := hunyuan.Input{Prompt: "x", Images: []provider.ImageRef{"a", "b", "c"}[:c.images]}
			_, err := (Driver{}).Submit(t.Context(), v.call(c.files, 0), in)
			if c.want == "" {
				if err != nil || strings.Count(v.body, address) != c.urls || len(v.body) > 10<<20 {
					t.Errorf("%v, %d URLs in %d bytes, want %d", err, strings.Count(v.body, address), len(v.body), c.urls)
				}
				return
			}
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Details[0].Location != "body.images" || !strings.Contains(f.Details[0].Message, c.want) || v.body != "" {
				t.Errorf("%v, want %q and no request", err, c.want)
			}
		})
	}
}

// The logo is sent with the mark that it replaces, and not without it.
func TestLogo(t *testing.T) {
	t.Parallel()
	rect := &hunyuan.LogoRect{X: 1, Y: 2, Width: 3, Height: 4}
	for name, c := range map[string]struct {
		in   hunyuan.Input
		size int64
		want string
	}{
		"with a rectangle":  {hunyuan.Input{Watermark: true, LogoImage: "l", LogoRect: rect}, 3, `"LogoAdd":1,"Revise":0,"LogoParam":{"LogoImage":"eHh4","LogoRect":{"X":1,"Y":2,"Width":3,"Height":4}}`},
		"alone":             {hunyuan.Input{Watermark: true, LogoImage: "l"}, 3, `"LogoParam":{"LogoImage":"eHh4"}`},
		"too large to send": {hunyuan.Input{Watermark: true, LogoImage: "l"}, 9 << 20, `"LogoParam":{"LogoUrl":"https://gateway.example/l.png"}`},
		"without the mark":  {hunyuan.Input{LogoImage: "l", LogoRect: rect}, 3, `{"Prompt":"x","LogoAdd":0,"Revise":0}`},
		"only a rectangle":  {hunyuan.Input{Watermark: true, LogoRect: rect}, 3, `{"Prompt":"x","LogoAdd":1,"Revise":0}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, `{"Response":{"JobId":"1"}}`)
			c.in.Prompt = "x"
			if _, err := (Driver{}).Submit(t.Context(), v.call(files{"image/png", c.size, "https://gateway.example/l.png", 800}, 0), c.in); err != nil || !strings.Contains(v.body, c.want) {
				t.Errorf("%v: sent %.300s, want %s", err, v.body, c.want)
			}
		})
	}
}

// A job that the vendor does not know fails only after the replication lag.
func TestUnknownJob(t *testing.T) {
	t.Parallel()
	v := newVendor(t, `{"Response":{"Error":{"Code":"FailedOperation.JobNotExist","Message":"no"}}}`)
	for age, want := range map[time.Duration]provider.Phase{time.Second: provider.Wait, time.Minute: provider.Failed} {
		u, err := (Driver{}).Poll(t.Context(), v.call(files{}, age), provider.Ticket{ID: "1"})
		if err != nil || u.Phase != want || want == provider.Failed && u.Err.Code != provider.JobNotFound {
			t.Errorf("after %s: %v, %+v", age, err, u)
		}
	}
}
