package jsonblob

import (
	"bytes"
	"encoding/base64"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// answerWithImage is a vendor's answer with an image of n bytes.
func answerWithImage(n int) string {
	raw := make([]byte, 48<<10)
	rng := rand.NewChaCha8([32]byte{1})
	_, _ = rng.Read(raw)
	b64 := strings.Repeat(base64.StdEncoding.EncodeToString(raw), n/len(raw)+1)[:n/3*4]
	return `{"created":1,"data":[{"b64_json":"` + b64 + `","revised_prompt":"a fox"}],"usage":{"total_tokens":100}}`
}

type discardBlob struct{}

func (discardBlob) Write(p []byte) (int, error) { return len(p), nil }
func (discardBlob) Close() error                { return nil }

func discardSink(int) (io.WriteCloser, error) { return discardBlob{}, nil }

func BenchmarkExtract(b *testing.B) {
	large := answerWithImage(20 << 20)
	base := answerWithImage(3 << 20)
	docs := map[string]string{
		"image 28 MB":   large,
		"lines of 76":   inLines(large, 76),
		"slashes":       strings.ReplaceAll(large, "/", `\/`),
		"fully escaped": `["` + escaped(base[34:len(base)-100]) + `"]`,
		"long prompt":   `["a fox, ` + strings.Repeat(`she said \"ja\", `, 200_000) + `"]`,
		"small fields":  "[" + strings.Repeat(`{"id":12345,"name":"fox","tags":["a","b"],"ok":true},`, 70_000) + "1]",
	}
	for name, doc := range docs {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Extract(io.Discard, strings.NewReader(doc), Options{}, discardSink); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkBody(b *testing.B) {
	raw := make([]byte, 20<<20)
	var files Files
	body, err := files.Embed(files.Add(File{Size: int64(len(raw)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(raw)), nil
	}}))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(body.Len())
	b.ReportAllocs()
	for b.Loop() {
		r, _ := body.Reader()
		if _, err := io.Copy(discardBlob{}, r); err != nil {
			b.Fatal(err)
		}
	}
}

func inLines(doc string, n int) string {
	i := strings.Index(doc, `"b64_json":"`) + len(`"b64_json":"`)
	j := i + strings.IndexByte(doc[i:], '"')
	var b strings.Builder
	b.WriteString(doc[:i])
	for text := doc[i:j]; text != ""; {
		k := min(n, len(text))
		b.WriteString(text[:k] + `\n`)
		text = text[k:]
	}
	b.WriteString(doc[j:])
	return b.String()
}

// What Extract allocates does not grow with the image.
func TestExtractMemory(t *testing.T) {
	doc := answerWithImage(20 << 20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Extract(io.Discard, strings.NewReader(doc), Options{}, discardSink); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 512<<10 {
		t.Errorf("extracting %d bytes allocated %d", len(doc), n)
	}
}

// Documents much larger than the window, refilled at any position.
func TestExtractLarge(t *testing.T) {
	t.Parallel()
	src := rand.NewChaCha8([32]byte{2})
	rng := rand.New(src)
	for range 8 {
		raw := make([]byte, 60_000+rng.IntN(400_000))
		_, _ = src.Read(raw)
		b64 := base64.StdEncoding.EncodeToString(raw)
		var text strings.Builder
		for b64 != "" { // escaped here and there
			n := min(len(b64), 1+rng.IntN(100_000))
			text.WriteString(strings.ReplaceAll(b64[:n], "/", `\/`))
			if b64 = b64[n:]; b64 != "" {
				text.WriteString(escaped(b64[:1]) + `\n`)
				b64 = b64[1:]
			}
		}
		prompt := strings.Repeat(`ein \"Fuchs\" \\ `, 10_000+rng.IntN(5_000))
		var doc bytes.Buffer
		var s memorySink
		in := `{"prompt":"` + prompt + `","image":"data:image/png;base64,` + text.String() + `","n":1}`
		blobs, err := Extract(&doc, &pieces{[]byte(in), 1 + rng.IntN(50_000)}, Options{}, s.open)
		if err != nil {
			t.Fatal(err)
		}
		if len(blobs) != 1 || blobs[0].Corrupt || !bytes.Equal(s.blobs[0].Bytes(), raw) {
			t.Fatalf("the image of %d bytes was changed: %+v", len(raw), blobs)
		}
		if want := `{"prompt":"` + prompt + `","image":"` + blobs[0].Placeholder + `","n":1}`; doc.String() != want {
			t.Fatal("the remaining document was changed")
		}
	}
}
