package contentcoding_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"aigc/app/contentcoding"
)

// text is JSON with a part that does not compress.
var text = func() []byte {
	b := []byte(`{"data":[{"b64_json":"`)
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		b = append(b, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[rnd.IntN(64)])
	}
	return append(b, `"}]}`...)
}()

func encode(t *testing.T, name string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch name {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "deflate":
		w, _ = flate.NewWriter(&b, flate.DefaultCompression)
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		w, _ = zstd.NewWriter(&b)
	default:
		return data
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRead(t *testing.T) {
	t.Parallel()
	zipped := encode(t, "gzip", text)
	half := len(text) / 2
	for name, c := range map[string]struct {
		header []string
		body   []byte
		want   []byte
		err    error
	}{
		"plain":                      {nil, text, text, nil},
		"identity":                   {[]string{"identity"}, text, text, nil},
		"gzip":                       {[]string{"gzip"}, zipped, text, nil},
		"gzip, in upper case":        {[]string{"GZIP"}, zipped, text, nil},
		"x-gzip":                     {[]string{"x-gzip"}, zipped, text, nil},
		"gzip without a header":      {nil, zipped, text, nil},
		"gzip in two members":        {[]string{"gzip"}, append(encode(t, "gzip", text[:half]), encode(t, "gzip", text[half:])...), text, nil},
		"gzip with padding":          {[]string{"gzip"}, append(bytes.Clone(zipped), 0, 0, 0, 0), text, nil},
		"gzip of nothing":            {[]string{"gzip"}, encode(t, "gzip", nil), nil, nil},
		"not gzip in spite of it":    {[]string{"gzip"}, text, text, nil},
		"deflate with a zlib header": {[]string{"deflate"}, encode(t, "zlib", text), text, nil},
		"deflate without checksum":   {[]string{"deflate"}, encode(t, "zlib", text)[:len(encode(t, "zlib", text))-4], text, nil},
		"deflate without header":     {[]string{"deflate"}, encode(t, "deflate", text), text, nil},
		"not deflate in spite of it": {[]string{"deflate"}, text, text, nil},
		"br":                         {[]string{"br"}, encode(t, "br", text), text, nil},
		"not br in spite of it":      {[]string{"br"}, text, text, nil},
		"zstd":                       {[]string{"zstd"}, encode(t, "zstd", text), text, nil},
		"zstd without a header":      {nil, encode(t, "zstd", text), text, nil},
		"two codings, one line":      {[]string{"gzip, br"}, encode(t, "br", zipped), text, nil},
		"two codings, two lines":     {[]string{"br", "gzip"}, encode(t, "gzip", encode(t, "br", text)), text, nil},
		"gzip of a short text":       {[]string{"gzip"}, encode(t, "gzip", []byte("{}")), []byte("{}"), nil},
		"br of a short text":         {[]string{"br"}, encode(t, "br", []byte("{}")), []byte("{}"), nil},
		"empty":                      {[]string{"gzip"}, nil, nil, nil},

		"gzip cut short":             {[]string{"gzip"}, zipped[:half], nil, io.ErrUnexpectedEOF},
		"gzip without its checksum":  {[]string{"gzip"}, zipped[:len(zipped)-8], nil, io.ErrUnexpectedEOF},
		"gzip header cut short":      {[]string{"gzip"}, zipped[:6], nil, io.ErrUnexpectedEOF},
		"deflate cut short":          {[]string{"deflate"}, encode(t, "zlib", text)[:half], nil, io.ErrUnexpectedEOF},
		"br cut short":               {[]string{"br"}, encode(t, "br", text)[:half], nil, io.ErrUnexpectedEOF},
		"zstd cut short":             {[]string{"zstd"}, encode(t, "zstd", text)[:half], nil, io.ErrUnexpectedEOF},
		"gzip with another checksum": {[]string{"gzip"}, append(bytes.Clone(zipped[:len(zipped)-8]), "12345678"...), nil, contentcoding.ErrCorrupt},
		"gzip with damaged blocks":   {[]string{"gzip"}, append(bytes.Clone(zipped[:40]), bytes.Repeat([]byte{0xff}, 60)...), nil, contentcoding.ErrCorrupt},
		"a bomb of gzip":             {[]string{"gzip"}, encode(t, "gzip", make([]byte, 20<<20)), nil, contentcoding.ErrExpansion},
		"a bomb of br":               {[]string{"br"}, encode(t, "br", make([]byte, 20<<20)), nil, contentcoding.ErrExpansion},
		"a bomb of zstd":             {[]string{"zstd"}, encode(t, "zstd", make([]byte, 20<<20)), nil, contentcoding.ErrExpansion},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			names := contentcoding.Names(http.Header{"Content-Encoding": c.header})
			if !contentcoding.Known(names) {
				t.Fatalf("%q is not known", names)
			}
			for how, body := range map[string]io.Reader{"at once": bytes.NewReader(c.body), "in pieces": iotest.HalfReader(bytes.NewReader(c.body))} {
				r := contentcoding.NewReader(io.NopCloser(body), names)
				got, err := io.ReadAll(r)
				if !errors.Is(err, c.err) || c.err == nil && err != nil {
					t.Fatalf("%s: error %v, want %v", how, err, c.err)
				}
				if c.err == nil && !bytes.Equal(got, c.want) {
					t.Fatalf("%s: %d bytes differ from %d", how, len(got), len(c.want))
				}
				if err := r.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestErrorOfTheConnection(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	body := io.MultiReader(bytes.NewReader(encode(t, "gzip", text)[:1000]), iotest.ErrReader(broken))
	_, err := io.ReadAll(contentcoding.NewReader(io.NopCloser(body), []string{"gzip"}))
	if !errors.Is(err, broken) || errors.Is(err, contentcoding.ErrCorrupt) {
		t.Errorf("error %v, want that of the connection", err)
	}
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"compress", "gzip, aes128gcm", strings.Repeat("gzip,", 4)} {
		if names := contentcoding.Names(http.Header{"Content-Encoding": {header}}); contentcoding.Known(names) {
			t.Errorf("%q is known", header)
		}
	}
}

// A decoder with a large window is made only if its memory is granted.
func TestBeforeWindow(t *testing.T) {
	t.Parallel()
	refused := errors.New("no memory")
	zstdBody := string(encode(t, "zstd", text))
	for name, c := range map[string]struct {
		body  string
		names []string
		asked bool
	}{
		"zstd": {zstdBody, []string{"zstd"}, true}, "zstd, not declared": {zstdBody, nil, true},
		"plain": {"text", nil, false}, "plain, declared as zstd": {"text", []string{"zstd"}, false},
	} {
		r := contentcoding.NewReader(io.NopCloser(strings.NewReader(c.body)), c.names)
		r.BeforeWindow = func() error { return refused }
		_, err := io.ReadAll(r)
		if c.asked != errors.Is(err, refused) || !c.asked && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
