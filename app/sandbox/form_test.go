package sandbox

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

func TestReadForm(t *testing.T) {
	t.Parallel()
	fields := []Field{{Name: "prompt", Kind: Text}, {Name: "n", Kind: Integer}, {Name: "options", Kind: Object}, {Name: "on", Kind: Flag}}
	for name, c := range map[string]struct {
		texts [][2]string
		want  string
	}{
		"nothing":                 {nil, `{}`},
		"kinds":                   {[][2]string{{"prompt", "5"}, {"n", "5"}, {"on", "true"}, {"options", `{"a":1}`}}, `{"n":5,"on":true,"options":{"a":1},"prompt":"5"}`},
		"not a number":            {[][2]string{{"n", "two"}}, `{"n":"two"}`},
		"more than a number":      {[][2]string{{"n", "5 6"}}, `{"n":"5 6"}`},
		"unknown fields":          {[][2]string{{"style", "1"}}, `{"style":"1"}`},
		"fields of the same name": {[][2]string{{"n", "1"}, {"n", "2"}, {"n", "3"}}, `{"n":[1,2,3]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			w := multipart.NewWriter(&b)
			for _, f := range c.texts {
				if err := w.WriteField(f[0], f[1]); err != nil {
					t.Fatal(err)
				}
			}
			body, files, err := readForm(t, w, &b, fields)
			got, _ := json.Marshal(body)
			if err != nil || len(files) > 0 || string(got) != c.want {
				t.Errorf("%s, %d files, %v", got, len(files), err)
			}
		})
	}
}

func TestReadFormFiles(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, name := range []string{"image", "mask"} {
		part, err := w.CreateFormFile(name, name+".png")
		if err != nil {
			t.Fatal(err)
		}
		if name == "mask" {
			_, err = io.WriteString(part, "hello")
		} else {
			err = png.Encode(part, image.NewGray(image.Rect(0, 0, 8, 4)))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	_, files, err := readForm(t, w, &b, nil)
	if err != nil || len(files) != 2 || files[0].Field != "image" || files[1].Field != "mask" {
		t.Fatalf("%+v %v", files, err)
	}
	if p, ok := files[0].Picture(); !ok || p.MIME != "image/png" || p.Width != 8 || p.Height != 4 || p.Size != len(files[0].head) {
		t.Errorf("%+v %t", p, ok)
	}
	if p, ok := files[1].Picture(); ok {
		t.Errorf("text is %+v", p)
	}
}

func TestReadFormBroken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]string{
		"JSON":        {"application/json", `{}`},
		"cut short":   {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb"},
		"no boundary": {"multipart/form-data", "--x--"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://x", strings.NewReader(c[1]))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", c[0])
		if body, _, err := ReadForm(r, nil); err == nil {
			t.Errorf("%s: %v", name, body)
		}
	}
}

// readForm closes a form and parses it.
func readForm(t *testing.T, w *multipart.Writer, b *bytes.Buffer, fields []Field) (Body, []File, error) {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://x", b)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return ReadForm(r, fields)
}
