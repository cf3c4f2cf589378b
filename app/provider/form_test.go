package provider_test

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"

	"aigc/app/provider"
)

// A form is multipart even without a file, has a known length, and can be read
// more than once.
func TestForm(t *testing.T) {
	t.Parallel()
	file := func(name, content string) provider.Input {
		return provider.Input{Name: name, MIME: "image/png", Size: int64(len(content)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
	}
	cases := []struct {
		name string
		fill func(f *provider.Form)
		want []string // "name=value" or "name:file=type content"
	}{
		{"empty", func(*provider.Form) {}, nil},
		{"text alone", func(f *provider.Form) { f.Field("prompt", "a fox"); f.Field("seed", ""); f.Field("n", "2") }, []string{"prompt=a fox", "n=2"}},
		{"files between text", func(f *provider.Form) {
			f.Field("a", "1")
			f.File("image[]", file("fox.png", "FOX"))
			f.File("image[]", file(`d"en.png`, ""))
			f.Field("b", "zwei · 二")
		}, []string{"a=1", "image[]:fox.png=image/png FOX", "image[]:den.png=image/png ", "b=zwei · 二"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := provider.NewForm()
			c.fill(f)
			kind, params, err := mime.ParseMediaType(f.ContentType())
			if err != nil || kind != "multipart/form-data" {
				t.Fatal(kind, err)
			}
			for range 2 {
				r, err := f.Reader()
				if err != nil {
					t.Fatal(err)
				}
				data, err := io.ReadAll(r)
				if err != nil || int64(len(data)) != f.Len() || r.Close() != nil {
					t.Fatalf("%d bytes, %d announced, %v", len(data), f.Len(), err)
				}
				if got := strings.Join(formParts(t, string(data), params["boundary"]), "|"); got != strings.Join(c.want, "|") {
					t.Errorf("%s, want %s", got, c.want)
				}
			}
		})
	}
}

func formParts(t *testing.T, body, boundary string) []string {
	t.Helper()
	var out []string
	for mr := multipart.NewReader(strings.NewReader(body), boundary); ; {
		p, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		if p.FileName() == "" {
			out = append(out, p.FormName()+"="+string(data))
		} else {
			out = append(out, fmt.Sprintf("%s:%s=%s %s", p.FormName(), p.FileName(), p.Header.Get("Content-Type"), data))
		}
	}
}

// Reading a form fails if a file does not have the announced size.
func TestFormFileChanges(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int64{"shrank": 4, "grew": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := provider.NewForm()
			f.File("image", provider.Input{Name: "x", MIME: "image/png", Size: size,
				Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("FOX")), nil }})
			r, err := f.Reader()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(r); err == nil {
				t.Error("no error")
			}
		})
	}
}
