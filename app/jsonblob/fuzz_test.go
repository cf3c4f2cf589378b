package jsonblob

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
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

var (
	plainBase64   = regexp.MustCompile(`^[A-Za-z0-9+/_-]+={0,2}$`)
	dataHead      = regexp.MustCompile(`(?i)^data:[^,]*;base64,`)
	badTail       = regexp.MustCompile(`[^A-Za-z0-9+/](?s:.*)$`)
	toStdAlphabet = strings.NewReplacer("\r", "", "\n", "", "-", "+", "_", "/")
)

// compareBlob compares a blob with the string that it was extracted from.
func compareBlob(text string, b Blob, got string) error {
	text = toStdAlphabet.Replace(dataHead.ReplaceAllString(text, ""))
	tail := badTail.FindString(text)
	text = strings.TrimSuffix(text, tail)
	odd := len(text)%4 == 1
	corrupt := odd || strings.Trim(tail, "=") != "" || len(tail) > (4-len(text)%4)%4
	if odd {
		text = text[:len(text)-1]
	}
	want, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || got != string(want) || b.Corrupt != corrupt || b.Size != int64(len(got)) {
		return fmt.Errorf("blob %+v is %q, want %q and corrupt %t (%v)", b, got, want, corrupt, err)
	}
	return nil
}
