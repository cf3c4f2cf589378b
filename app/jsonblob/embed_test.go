package jsonblob

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/iotest"
)

func memory(prefix, content string) File {
	return File{Prefix: prefix, Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content)), nil
	}}
}

type wire struct {
	Prompt string            `json:"prompt"`
	Image  string            `json:"image,omitempty"`
	More   []string          `json:"more,omitempty"`
	Named  map[string]*wire  `json:"named,omitempty"`
	Parts  []any             `json:"parts,omitempty"`
	Plain  map[string]string `json:"plain,omitempty"`
}

func TestEmbed(t *testing.T) {
	t.Parallel()
	b64 := base64.StdEncoding.EncodeToString
	big := strings.Repeat("0123456789abcde", 10_000) + "x"
	const png = "data:image/png;base64,"
	cases := map[string]func(f *Files) (in, want any){
		"no file": func(*Files) (any, any) {
			return wire{Prompt: "a <fox> & \"hens\""}, wire{Prompt: "a <fox> & \"hens\""}
		},
		"nothing": func(*Files) (any, any) { return nil, nil },
		"top level": func(f *Files) (any, any) {
			return f.Add(memory("", "abc")), b64([]byte("abc"))
		},
		"empty file": func(f *Files) (any, any) {
			return wire{Image: f.Add(memory(png, ""))}, wire{Image: png}
		},
		"one, two, three bytes": func(f *Files) (any, any) {
			return []string{f.Add(memory("", "a")), f.Add(memory("", "ab")), f.Add(memory("", "abc"))}, []string{"YQ==", "YWI=", "YWJj"}
		},
		"larger than a chunk": func(f *Files) (any, any) {
			return wire{Image: f.Add(memory(png, big))}, wire{Image: png + b64([]byte(big))}
		},
		"whole chunks": func(f *Files) (any, any) {
			s := strings.Repeat("x", 2*rawChunk)
			return f.Add(memory("", s)), b64([]byte(s))
		},
		"prefix with escapes": func(f *Files) (any, any) {
			return f.Add(memory(`"\<`, "abc")), `"\<YWJj`
		},
		"within a string": func(f *Files) (any, any) {
			return png + f.Add(memory("", "abc")) + "#", png + "YWJj#"
		},
		"twice": func(f *Files) (any, any) {
			ref := f.Add(memory("", "abc"))
			return []string{ref, ref}, []string{"YWJj", "YWJj"}
		},
		"raw JSON": func(f *Files) (any, any) {
			return map[string]any{"r": json.RawMessage(`["` + f.Add(memory("", "abc")) + `"]`)}, map[string]any{"r": []string{"YWJj"}}
		},
		"nested anywhere, more than ten": func(f *Files) (any, any) {
			in, want := wire{Named: map[string]*wire{}, Plain: map[string]string{}}, wire{Named: map[string]*wire{}, Plain: map[string]string{}}
			for i := range 12 {
				content := strings.Repeat(fmt.Sprint(i), i)
				k, text := fmt.Sprint("k", 20-i), png+b64([]byte(content))
				in.More, want.More = append(in.More, f.Add(memory(png, content))), append(want.More, text)
				in.Named[k], want.Named[k] = &wire{Image: f.Add(memory(png, content))}, &wire{Image: text}
				in.Plain[k], want.Plain[k] = f.Add(memory(png, content)), text
				in.Parts, want.Parts = append(in.Parts, map[string]any{"data": f.Add(memory("", content))}), append(want.Parts, map[string]any{"data": text[len(png):]})
			}
			return in, want
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f Files
			in, want := c(&f)
			body, err := f.Embed(in)
			if err != nil {
				t.Fatal(err)
			}
			text, _ := json.Marshal(want)
			for range 2 { // as http.Request.GetBody does
				r, err := body.Reader()
				if err != nil {
					t.Fatal(err)
				}
				if err := iotest.TestReader(r, text); err != nil {
					t.Error(err)
				}
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			}
			if body.Len() != int64(len(text)) {
				t.Errorf("Len is %d, the body has %d bytes", body.Len(), len(text))
			}
		})
	}
}

func TestEmbedRefuses(t *testing.T) {
	t.Parallel()
	cases := map[string]func(f *Files) any{
		"a file left out":       func(f *Files) any { f.Add(memory("", "abc")); return wire{} },
		"no way to open":        func(f *Files) any { return f.Add(File{Size: 1}) },
		"no size":               func(f *Files) any { return f.Add(File{Size: -1, Open: memory("", "").Open}) },
		"a changed placeholder": func(f *Files) any { return strings.Replace(f.Add(memory("", "a")), ":0.", ":7.", 1) },
		"what has no JSON":      func(*Files) any { return func() {} },
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f Files
			if _, err := f.Embed(c(&f)); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestBodyErrors(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	content := strings.Repeat("x", 2*rawChunk)
	over := func(d int64, r io.Reader) File {
		return File{Size: int64(len(content)) + d, Open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
	}
	cases := map[string]struct {
		file File
		want error
	}{
		"shrank":          {over(1, strings.NewReader(content)), ErrSize},
		"grew":            {over(-1, strings.NewReader(content)), ErrSize},
		"became empty":    {over(0, strings.NewReader("")), ErrSize},
		"no longer empty": {File{Open: memory("", "x").Open}, ErrSize},
		"read":            {over(0, io.MultiReader(strings.NewReader(content[1:]), iotest.ErrReader(gone))), gone},
		"end":             {over(0, io.MultiReader(strings.NewReader(content), iotest.ErrReader(gone))), gone},
		"open":            {File{Open: func() (io.ReadCloser, error) { return nil, gone }}, gone},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f Files
			body, err := f.Embed(wire{Image: f.Add(c.file)})
			if err != nil {
				t.Fatal(err)
			}
			r, _ := body.Reader()
			n, err := io.Copy(io.Discard, r)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
			if n >= body.Len() {
				t.Error("the body was complete before the error came")
			}
			if _, again := r.Read(make([]byte, 1)); !errors.Is(again, c.want) {
				t.Errorf("then got %v", again)
			}
		})
	}
}

func TestBodyClose(t *testing.T) {
	t.Parallel()
	var f Files
	closed := 0
	body, err := f.Embed([]string{f.Add(File{Size: 9, Open: func() (io.ReadCloser, error) {
		return counted{strings.NewReader("123456789"), &closed}, nil
	}}), "more"})
	if err != nil {
		t.Fatal(err)
	}
	r, _ := body.Reader()
	if _, err := io.ReadFull(r, make([]byte, 2)); err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	if _, err := r.Read(make([]byte, 9)); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("read after close: %v", err)
	}
	_ = r.Close()
	if _, err := io.Copy(io.Discard, must(body.Reader())); err != nil {
		t.Error(err)
	}
	if closed != 1 {
		t.Errorf("closed %d files, want 1", closed)
	}
}

type counted struct {
	io.Reader
	closed *int
}

func (c counted) Close() error { *c.closed++; return nil }

func must[T any](v T, _ error) T { return v }

// FuzzEmbed compares a body with the JSON of the base64 itself.
func FuzzEmbed(f *testing.F) {
	f.Add([]byte("image"), "data:image/png;base64,", "a fox")
	f.Add([]byte{}, "", "")
	f.Fuzz(func(t *testing.T, content []byte, prefix, prompt string) {
		var files Files
		body, err := files.Embed([]string{prompt, files.Add(memory(prefix, string(content)))})
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(must(body.Reader()))
		if err != nil || int64(len(text)) != body.Len() {
			t.Fatalf("%d of %d bytes: %v", len(text), body.Len(), err)
		}
		want, _ := json.Marshal([]string{prompt, prefix + base64.StdEncoding.EncodeToString(content)})
		if !bytes.Equal(text, want) {
			t.Fatalf("got %s\nwant %s", text, want)
		}
	})
}
