package provider_test

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf16"

	"aigc/app/fault"
	"aigc/app/provider"
)

func inUTF16(text string, order binary.ByteOrder, mark bool) []byte {
	var b []byte
	if mark {
		text = "\ufeff" + text
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, 0, 0)
		order.PutUint16(b[len(b)-2:], unit)
	}
	return b
}

// The JSON of an answer is read whatever surrounds it and however it is encoded.
func TestContentOfAnAnswer(t *testing.T) {
	t.Parallel()
	const doc = `{"text":"狐 🦊","long":"` + "xyz" + `"}`
	long := strings.Replace(doc, "xyz", strings.Repeat("a fox, ", 40_000), 1)
	png := "\x89PNG\r\n\x1a\n and more"
	for name, c := range map[string]struct {
		mime, body string
		want       string // the document; empty: a file or a fault
		file       bool
	}{
		"plain":                          {"application/json", doc, doc, false},
		"byte order mark":                {"application/json", "\ufeff" + doc, doc, false},
		"padding":                        {"application/json", " \r\n" + doc + "\x00\x00\n", doc, false},
		"NULs before it":                 {"application/json", "\x00\x00" + doc, doc, false},
		"UTF-16LE":                       {"application/json", string(inUTF16(doc, binary.LittleEndian, true)), doc, false},
		"UTF-16BE":                       {"application/json", string(inUTF16(doc, binary.BigEndian, true)), doc, false},
		"UTF-16LE without a mark":        {"application/json", string(inUTF16(doc, binary.LittleEndian, false)), doc, false},
		"UTF-16BE without a mark":        {"application/json", string(inUTF16(doc, binary.BigEndian, false)), doc, false},
		"long UTF-16":                    {"application/json", string(inUTF16(long, binary.LittleEndian, true)), long, false},
		"UTF-16 cut within a character":  {"application/json", string(inUTF16(doc, binary.LittleEndian, true)[:15]), "", false},
		"JSON with the type of an image": {"image/png", doc, doc, false},
		"JSON as plain text":             {"text/plain", doc, doc, false},
		"JSON without a type":            {"", doc, doc, false},
		"an image with the type of JSON": {"application/json", png, "", true},
		"an image":                       {"image/png", png, "", true},
		"an image of an unknown kind":    {"image/x-fox", "fox", "", true},
		"bytes":                          {"application/octet-stream", png, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{c.mime}
				_, _ = w.Write([]byte(c.body))
			}))
			defer srv.Close()
			client := &provider.Client{HTTP: provider.NewTransport(), Blobs: nowhere{}}
			res, err := client.Do(t.Context(), provider.Call{Account: provider.Account{BaseURL: srv.URL}}, provider.Request{URL: "/", Body: 1, Paid: true})
			switch {
			case c.want == "" && !c.file:
				if fault.KindOf(err) != fault.InDoubt {
					t.Errorf("error %v, want in doubt", err)
				}
			case err != nil || res.Raw != c.file:
				t.Errorf("error %v, file %t", err, res.Raw)
			case !c.file && !bytes.Equal(res.Body, []byte(c.want)):
				t.Errorf("%.100q", res.Body)
			}
		})
	}
}
