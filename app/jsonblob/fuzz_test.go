package jsonblob

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzExtract compares Extract with encoding/json: copied values must be equal, and
// extracted bytes must be those that encoding/base64 decodes.
func FuzzExtract(f *testing.F) {
	f.Add([]byte(`{"data":[{"b64_json":"QUJDREVGR0g="},{"url":"x\/y"}],"n":1.5}`), uint8(4), uint8(3), uint16(20))
	f.Add([]byte(`["\u0051\u0055JD\nREVG","data:image\/png;base64,QUJD","QQ==QQ==","QUJ!"]`), uint8(2), uint8(1), uint16(9))
	f.Add([]byte(`{"QUJDREVGR0g":"QUJDREVGR0g","a":{"b":[]},"c":"\ud83d\ude00 \"\\\\\""}`), uint8(1), uint8(200), uint16(31))
	f.Add([]byte(`"data:;base64,-_-_"`), uint8(3), uint8(7), uint16(5))
	f.Add([]byte(` [ ] `), uint8(0), uint8(0), uint16(2))
	f.Fuzz(func(t *testing.T, in []byte, threshold, chunk uint8, cut uint16) {
		o := Options{Threshold: int(threshold)%64 + 1}
		var doc bytes.Buffer
		var s memorySink
		blobs, err := Extract(&doc, &pieces{in, int(chunk)%32 + 1}, o, s.open)
		var want any
		if !parseJSON(in, &want) {
			return // invalid JSON: only a panic would be wrong
		}
		if err != nil {
			t.Fatalf("valid JSON failed: %v", err)
		}
		var got any
		if !parseJSON(doc.Bytes(), &got) {
			t.Fatalf("the copied document is not JSON: %s", doc.Bytes())
		}
		if err := compareDocs(want, got, o.Threshold, blobs, s.blobs); err != nil {
			t.Fatal(err)
		}

		body := bytes.TrimSpace(in)
		if !bytes.ContainsAny(body[:1], `{["`) {
			return // a number that is cut off is still a number
		}
		doc.Reset()
		_, err = Extract(&doc, &pieces{body[:int(cut)%len(body)], int(chunk)%32 + 1}, o, new(memorySink).open)
		if !errors.Is(err, ErrTruncated) {
			t.Fatalf("cut at %d: %v", int(cut)%len(body), err)
		}
	})
}

// pieces reads n bytes at a time.
type pieces struct {
	b []byte
	n int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.b) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.b[:min(p.n, len(p.b))])
	p.b = p.b[n:]
	return n, nil
}

func parseJSON(in []byte, v *any) bool {
	d := json.NewDecoder(bytes.NewReader(in))
	d.UseNumber() // 1e999 is valid JSON
	if d.Decode(v) != nil {
		return false
	}
	_, err := d.Token()
	return err == io.EOF
}

// compareDocs compares a document with its copy and the extracted blobs.
func compareDocs(want, got any, threshold int, blobs []Blob, bytes []*bytes.Buffer) error {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			return fmt.Errorf("got %v, want %v", got, want)
		}
		for k := range w {
			if err := compareDocs(w[k], g[k], threshold, blobs, bytes); err != nil {
				return err
			}
		}
		return nil
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return fmt.Errorf("got %v, want %v", got, want)
		}
		for i := range w {
			if err := compareDocs(w[i], g[i], threshold, blobs, bytes); err != nil {
				return err
			}
		}
		return nil
	case string:
		for i, b := range blobs {
			if b.Placeholder == got {
				return compareBlob(w, b, bytes[i].String())
			}
		}
		if len(w) > threshold && plainBase64.MatchString(w) {
			return fmt.Errorf("%q was not extracted", w)
		}
	}
	if !reflect.DeepEqual(want, got) {
		return fmt.Errorf("got %v, want %v", got, want)
	}
	return nil
}

var plainBase64 = regexp.MustCompile(`^[A-Za-z0-9+/_-]+={0,2}$`)

// compareBlob compares a blob with what Decode makes of its string. The decoder of
// encoding/json replaces invalid characters, so strings with U+FFFD are not compared.
func compareBlob(text string, b Blob, got string) error {
	if strings.ContainsRune(text, utf8.RuneError) {
		return nil
	}
	want, mime, err := Decode(text)
	if got != string(want) || b.MIME != mime || b.Corrupt != (err != nil) || b.Size != int64(len(got)) {
		return fmt.Errorf("blob %+v is %q, want %q, %s, %v", b, got, want, mime, err)
	}
	return nil
}

// FuzzDecode decodes any text at once and in pieces, which must be the same, and any bytes
// as text that was changed in the ways that a decoder must accept.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		"QUJD", " QU JD==== ", "data:image/png;base64,QUJD", "DATA:;name=\"a,b\";Base64 , data:x/y;base64,Q%55JD", "data:image/svg+xml,%3Csvg%3E100%%%4",
		"data:image/svg+xml;charset=utf-8,<a href=';base64,'/>", "data%3Aimage%2Fpng%3Bbase64%2CQUJD", `QU\/JD\nQUJ%2B`, "QQ==QQ==", "Q", "data:;base64", "a,b", "%zz",
	} {
		f.Add([]byte(text), uint8(3), uint16(7))
	}
	f.Fuzz(func(t *testing.T, in []byte, chunk uint8, form uint16) {
		whole, mime, err := Decode(string(in))
		var out bytes.Buffer
		d := NewDecoder(&out, 0)
		for p := range slices.Chunk(in, int(chunk)+1) {
			if _, err := d.Write(p); err != nil {
				t.Fatal(err)
			}
		}
		if closed := d.Close(); fmt.Sprint(closed) != fmt.Sprint(err) || d.MIME() != mime || !bytes.Equal(out.Bytes(), whole) {
			t.Fatalf("in pieces %q, %s, %v; at once %q, %s, %v", out.Bytes(), d.MIME(), closed, whole, mime, err)
		}
		text := dressed(in, form)
		if got, _, err := Decode(text); err != nil || !bytes.Equal(got, in) {
			t.Fatalf("%q became %q, %v; want %q", text, got, err, in)
		}
	})
}

// dressed is base64 of data, with an irregularity for each bit of form.
func dressed(data []byte, form uint16) string {
	s := base64.StdEncoding.EncodeToString(data)
	for i, change := range []func(string) string{
		func(s string) string { return strings.TrimRight(s, "=") },
		func(s string) string { return s + "==" },
		func(s string) string {
			return s[:len(s)/2] + strings.NewReplacer("+", "-", "/", "_").Replace(s[len(s)/2:])
		},
		func(s string) string { return s[:len(s)/3] + " \t\r\n" + s[len(s)/3:] },
		func(s string) string { return strings.ReplaceAll(url.PathEscape(s), "+", "%2b") },
		func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
		func(s string) string { return "base64," + s },
		func(s string) string { return " " + s },
		func(s string) string { return `data:image/png;name="a,b.png";base64,` + s },
		func(s string) string { return "DATA:image/png; BASE64 , " + s },
		func(s string) string { return "data:image/png;name=a,b c.png;base64," + s },
		func(s string) string { return s + "\n" },
	} {
		if form&(1<<i) != 0 {
			s = change(s)
		}
	}
	return s
}
