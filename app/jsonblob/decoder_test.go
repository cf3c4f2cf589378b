package jsonblob

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"aigc/app/fault"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	file := []byte("\xff\xfe\xfb an image that has + and / in its base64 \x00?>~~\xff")
	std := base64.StdEncoding.EncodeToString(file)
	safe := base64.URLEncoding.EncodeToString(file)
	svg := `<svg xmlns="http://www.w3.org/2000/svg" width="100%"><a href="data:image/png;base64,QUJD"/></svg>`
	wrapped := func(width int, end string) string {
		var out []string
		for s := std; s != ""; s = s[min(width, len(s)):] {
			out = append(out, s[:min(width, len(s))])
		}
		return strings.Join(out, end) + end
	}
	cases := map[string]struct{ text, want, mime string }{
		"padded":                    {std, string(file), ""},
		"no padding":                {strings.TrimRight(std, "="), string(file), ""},
		"too much padding":          {std + "==", string(file), ""},
		"URL-safe":                  {safe, string(file), ""},
		"both alphabets":            {std[:20] + safe[20:], string(file), ""},
		"lines":                     {wrapped(76, "\r\n"), string(file), ""},
		"short lines":               {wrapped(4, "\n"), string(file), ""},
		"a space each":              {wrapped(1, " "), string(file), ""},
		"tabs around":               {"\t" + std + " \t\n", string(file), ""},
		"space in the padding":      {strings.TrimRight(std, "=") + "= =", string(file), ""},
		"escaped line ends":         {wrapped(20, `\r\n`), string(file), ""},
		"escaped slashes":           {strings.ReplaceAll(std, "/", `\/`), string(file), ""},
		"percent":                   {url.QueryEscape(std), string(file), ""},
		"percent, twice":            {url.QueryEscape(url.QueryEscape(std)), string(file), ""},
		"data URL":                  {"data:image/png;base64," + std, string(file), "image/png"},
		"data URL, capitals":        {"DATA:IMAGE/PNG;BASE64," + std, string(file), "image/png"},
		"data URL, spaces":          {" data:image/png ; base64 , " + std + " ", string(file), "image/png"},
		"data URL, parameters":      {"data:image/png;charset=utf-8;base64;name=x," + std, string(file), "image/png"},
		"data URL, comma, quoted":   {`data:image/png;name="a,b.png";base64,` + std, string(file), "image/png"},
		"data URL, comma":           {"data:image/png;name=a,b%20c.png;base64," + std, string(file), "image/png"},
		"data URL, no type":         {"data:;base64," + std, string(file), ""},
		"data URL, percent":         {"data:image/png;base64," + url.QueryEscape(std), string(file), "image/png"},
		"data URL, all percent":     {url.QueryEscape("data:image/png;base64," + std), string(file), "image/png"},
		"data URL, twice":           {"data:image/png;base64,data:image/png;base64," + std, string(file), "image/png"},
		"header without data":       {"image/png;base64," + std, string(file), "image/png"},
		"only the word base64":      {"base64," + std, string(file), ""},
		"no base64":                 {"data:image/png," + url.PathEscape(string(file)), string(file), "image/png"},
		"SVG":                       {"data:image/svg+xml," + url.PathEscape(svg), svg, "image/svg+xml"},
		"SVG, not escaped":          {"data:image/svg+xml;utf8," + svg, svg, "image/svg+xml"},
		"SVG with charset":          {"data:image/svg+xml;charset=utf-8,\n" + svg, "\n" + svg, "image/svg+xml"},
		"SVG with charset, escaped": {"data:image/svg+xml;charset=utf-8," + url.PathEscape(svg), svg, "image/svg+xml"},
		"percent signs":             {"data:,100%%41%4%42%", "100%A%4B%", ""},
		"empty":                     {"", "", ""},
		"empty data URL":            {"data:image/png;base64,", "", "image/png"},
		"one byte":                  {"QQ", "A", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, mime, err := Decode(c.text)
			if err != nil || string(got) != c.want || mime != c.mime {
				t.Errorf("%q, %q, %v; want %q, %q", got, mime, err, c.want, c.mime)
			}
		})
	}
}

func TestDecodeCorrupt(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("QUJD", 30_000)
	cases := map[string]struct {
		text, reason string
		size         int
	}{
		"character":      {"QUJDQUJD!QUJD", "character 9 is not base64", 6},
		"late character": {"data:;base64," + long + "*" + long, "character 120014 is not base64", 90_000},
		"after a break":  {long + "\nQU!D", "character 120004 is not base64", 90_001},
		"not ASCII":      {"QUJDÄ", "character 5 is not base64", 3},
		"NUL":            {"QUJD\x00", "character 5 is not base64", 3},
		"after padding":  {"QQ==QUJD", "more base64 follows after the padding, at character 5", 1},
		"cut off":        {"QUJDQ", "it is cut off: the last group of base64 has only one character", 3},
		"cut in escape":  {"QUJD%2", "it is cut off in an escape", 3},
		"bad escape":     {"QUJD%zz", "the escape before character 7 is not valid", 3},
		"bad backslash":  {`QUJD\x`, "the escape before character 6 is not valid", 3},
		"no comma":       {"data:image/png;base64", "the header of the data URL has no comma after it", 0},
		"long header":    {"data:image/png;name=" + long + ";base64,QUJD", "the header of the data URL has no comma after it", 0},
		"address":        {"ftp://example.com/a.png", "character 4 is not base64", 2},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _, err := Decode(c.text)
			var corrupt *CorruptError
			if !errors.As(err, &corrupt) || corrupt.Reason != c.reason || len(got) != c.size {
				t.Errorf("%d bytes, %v; want %d, %s", len(got), err, c.size, c.reason)
			}
		})
	}
}

// The errors of the writer, and the limit, end a Decoder.
func TestDecoderErrors(t *testing.T) {
	t.Parallel()
	full := fault.New(fault.StorageFull, "", "full")
	long := strings.Repeat("QUJD", 100_000)
	for name, c := range map[string]struct {
		w     io.Writer
		limit int64
		kind  fault.Kind
	}{
		"limit":  {io.Discard, 1000, fault.TooLarge},
		"writer": {failingBlob{write: full}, 0, fault.StorageFull},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := io.Copy(NewDecoder(c.w, c.limit), strings.NewReader(long)); fault.KindOf(err) != c.kind {
				t.Error(err)
			}
		})
	}
}

// With IsFile the place of a string decides, whatever it looks like.
func TestExtractByPlace(t *testing.T) {
	t.Parallel()
	b64 := strings.Repeat("QUJD", 20)
	link := "HTTPS://example.com/" + b64
	isFile := func(p Path) bool {
		s := strings.ReplaceAll(p.String(), "[1]", "[0]")
		return s == "image" || s == "images[0]" || s == "in.image" || s == "[0].image"
	}
	for name, c := range map[string]struct{ in, want string }{
		"field":             {`{"prompt":"` + b64 + `","image":"` + b64 + `"}`, `{"prompt":"` + b64 + `","image":"@0"}`},
		"text as base64":    {`{"prompt":"data:image/png;base64,` + b64 + `"}`, `{"prompt":"data:image/png;base64,` + b64 + `"}`},
		"no base64":         {`{"image":"` + strings.Repeat("a fox, ", 20) + `"}`, `{"image":"@0"}`},
		"list":              {`{"images":["x","` + b64 + `",{},"` + b64 + `"]}`, `{"images":["x","@0",{},"` + b64 + `"]}`},
		"nested":            {`{"a":{"image":"` + b64 + `"},"in":{"x":[{}],"image":"` + b64 + `"}}`, `{"a":{"image":"` + b64 + `"},"in":{"x":[{}],"image":"@0"}}`},
		"batch":             {`[{"a":1},{"image":"` + b64 + `"}]`, `[{"a":1},{"image":"@0"}]`},
		"escaped key":       {`{"\u0069mage":"` + b64 + `"}`, `{"\u0069mage":"@0"}`},
		"after an object":   {`{"a":{"b":[1,2]},"image":"` + b64 + `"}`, `{"a":{"b":[1,2]},"image":"@0"}`},
		"link":              {`{"image":"  ` + link + `"}`, `{"image":"  ` + link + `"}`},
		"list as text":      {`{"image":"[\"` + b64 + `\"]"}`, `{"image":"[\"` + b64 + `\"]"}`},
		"short":             {`{"image":"QUJD"}`, `{"image":"QUJD"}`},
		"unbalanced":        {`]}{"image":"` + b64 + `"}`, `]}{"image":"@0"}`},
		"key of the prefix": {`{"image/":"` + b64 + `"}`, `{"image/":"` + b64 + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var doc bytes.Buffer
			_, err := Extract(&doc, strings.NewReader(c.in), Options{Threshold: 32, Prefix: "@", IsFile: isFile}, new(memorySink).open)
			if err != nil || doc.String() != c.want {
				t.Errorf("%v\n got %s\nwant %s", err, doc.String(), c.want)
			}
		})
	}
}

// A document over its limit names the field that passes it.
func TestExtractLimitNamesField(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"text":          {`{"n":1,"prompt":"` + strings.Repeat("a fox ", 50_000) + `"}`, "body.prompt"},
		"of a list":     {`{"list":[1,"` + strings.Repeat("a fox ", 50_000) + `"]}`, "body.list[1]"},
		"a long key":    {`{"` + strings.Repeat("k", 100) + `":"` + strings.Repeat("a fox ", 50_000) + `"}`, "body." + strings.Repeat("k", maxKey)},
		"a chinese key": {`{"提示":"` + strings.Repeat("a fox ", 50_000) + `"}`, "body.提示"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Extract(io.Discard, strings.NewReader(c.in), Options{MaxDoc: 1000, IsFile: func(Path) bool { return false }}, nil)
			f := fault.From(err)
			if f.Kind != fault.TooLarge || len(f.Details) != 1 || f.Details[0].Location != c.want {
				t.Errorf("%v %+v", err, f.Details)
			}
		})
	}
}
