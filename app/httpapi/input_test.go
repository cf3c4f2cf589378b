package httpapi_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"aigc/app/worker/workertest"
)

// Base64 is read in all forms that callers send, whether it is short, extracted while the
// body is read, or longer than a buffer.
func TestBase64Forms(t *testing.T) {
	t.Parallel()
	r := start(t)
	wrap := func(s, between string) string {
		var lines []string
		for ; len(s) > 76; s = s[76:] {
			lines = append(lines, s[:76])
		}
		return strings.Join(append(lines, s), between)
	}
	safe := strings.NewReplacer("+", "-", "/", "_")
	forms := map[string]func(string) string{
		"padded":              func(s string) string { return s },
		"no padding":          func(s string) string { return strings.TrimRight(s, "=") },
		"mixed alphabets":     func(s string) string { return s[:len(s)/2] + safe.Replace(s[len(s)/2:]) },
		"spaces around":       func(s string) string { return " \n" + s + "\t " },
		"lines":               func(s string) string { return wrap(s, "\r\n") },
		"spaces inside":       func(s string) string { return wrap(s, " ") },
		"data URL":            func(s string) string { return "data:image/png;base64," + s },
		"space, then URL":     func(s string) string { return "  Data:image/png; BASE64, " + s },
		"a comma in a name":   func(s string) string { return `data:image/png;name="a,b.png";base64,` + s },
		"a comma, no quotes":  func(s string) string { return "data:image/png;name=a,b.png;base64," + s },
		"percent":             func(s string) string { return "data:image/png;base64," + url.QueryEscape(s) },
		"percent, bare":       url.QueryEscape,
		"data URL twice":      func(s string) string { return "data:image/png;base64,data:image/png;base64," + s },
		"header without data": func(s string) string { return "image/png;base64," + s },
	}
	for size, file := range map[string]string{"short": string(workertest.PNG()), "medium": otherPNG(100), "long": otherPNG(200)} {
		for name, form := range forms {
			t.Run(size+"/"+name, func(t *testing.T) {
				t.Parallel()
				text := form(base64.StdEncoding.EncodeToString([]byte(file)))
				body, _ := json.Marshal(map[string]any{"images": []string{text, text}, "prompt": "fox", "image": text}) // strings
				a := r.do("POST", drawPath, strings.ReplaceAll(string(body), "/", `\/`))
				a.t = t
				if _, images := r.accepted(a); fmt.Sprint(images) != fmt.Sprint(sums([]string{file, file, file})) {
					t.Errorf("%d images %v", len(images), images)
				}
			})
		}
	}
}

// A body that would be bought with other text than it has, or whose files are damaged, is
// refused with the names of all fields concerned.
func TestInputFaults(t *testing.T) {
	t.Parallel()
	r := start(t)
	big := base64.StdEncoding.EncodeToString([]byte(otherPNG(300)))
	bad := big[:90_000] + "!?" + big[90_002:]
	const jsonType = "application/json"
	utf16 := func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			b.WriteString(string([]byte{c, 0}))
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		path, body, kind string
		status           int
		code, places     string
		word             string
	}{
		"GBK":                     {drawPath, "{\"prompt\":\"\xba\xec\xba\xfc\"}", jsonType, 422, "invalid_input", "body.prompt", "UTF-8"},
		"GBK that is no JSON":     {drawPath, "{\"prompt\":\"\x95\\\"}", jsonType, 422, "not_json", "body", "byte 12 is not valid UTF-8"},
		"GBK, declared":           {drawPath, "{\"prompt\":\"\xba\xec\xba\xfc\"}", jsonType + "; charset=gbk", 415, "charset", "", "charset gbk"},
		"Latin-1, declared":       {drawPath, "{\"prompt\":\"\xf1and\xfa\"}", jsonType + `; charset="ISO-8859-1"`, 415, "charset", "", "iso-8859-1"},
		"UTF-16":                  {drawPath, "\xff\xfe" + utf16(`{"prompt":"x"}`), jsonType, 422, "utf16", "", "UTF-16"},
		"UTF-16, declared":        {drawPath, utf16(`{"prompt":"x"}`), jsonType + "; charset=utf-16le", 415, "charset", "", "utf-16le"},
		"half a surrogate pair":   {drawPath, `{"prompt":"fox \ud83e"}`, jsonType, 422, "invalid_input", "body.prompt", "surrogate"},
		"a key twice":             {drawPath, `{"prompt":"fox","prompt":"den"}`, jsonType, 422, "invalid_input", "body.prompt", "twice"},
		"a key twice, any":        {"/api/images/create", `{"prompt":"fox","prompt":"den"}`, jsonType, 422, "invalid_input", "body.prompt", "twice"},
		"half a pair, any":        {"/api/images/create", `{"prompt":"fox \udd8a"}`, jsonType, 422, "invalid_input", "body.prompt", "surrogate"},
		"a key twice, quote":      {"/api/quote", `{"input":{"prompt":"fox","prompt":"den"}}`, jsonType, 422, "invalid_input", "body.input.prompt", "twice"},
		"damaged":                 {drawPath, `{"prompt":"fox","image":"` + bad + `"}`, jsonType, 422, "invalid_base64", "body.image", "character 90001 is not base64"},
		"damaged, in a list":      {drawPath, `{"prompt":"fox","images":["` + big + `","` + bad + `"]}`, jsonType, 422, "invalid_base64", "body.images[1]", "character 90001"},
		"damaged and others":      {drawPath, `{"images":["` + bad + `"],"n":9,"image":"ftp://secretvalue"}`, jsonType, 422, "invalid_input", "body.images[0] body body.n", "character 90001"},
		"damaged, both sizes":     {drawPath, `{"prompt":"fox","image":"` + bad + `","images":["data:;base64,secretvalue!"]}`, jsonType, 422, "invalid_base64", "body.image body.images[0]", "character 25"},
		"damaged, any":            {"/api/images/create", `{"image":"` + bad + `","prompt":"fox"}`, jsonType, 422, "invalid_base64", "body.image", "character 90001"},
		"damaged, quote":          {"/api/quote", `{"input":{"image":"` + bad + `","prompt":"fox"}}`, jsonType, 422, "invalid_base64", "body.input.image", "character 90001"},
		"a comma that is missing": {drawPath, `{"prompt":"fox","image":"data:image/png;base64"}`, jsonType, 422, "invalid_base64", "body.image", "comma"},
		"base64 as text":          {drawPath, `{"prompt":"` + big[:70_000] + `"}`, jsonType, 422, "invalid_input", "body.prompt", "expected length <= 1000"},
		"a data URL as text":      {drawPath, `{"prompt":"fox","style":"data:image/png;base64,` + big + `"}`, jsonType, 422, "invalid_input", "body.style", "expected value to be one of"},
		"an unknown file":         {drawPath, `{"prompt":"fox","photo":"` + big + `"}`, jsonType, 422, "invalid_input", "body.photo", "unexpected"},
		"a file in an object":     {drawPath, `{"prompt":"fox","image":{"url":"` + big + `"}}`, jsonType, 422, "invalid_input", "body.image", "expected string"},
		"a text over the limit":   {drawPath, `{"prompt":"` + strings.Repeat("secretvalue ", 100_000) + `"}`, jsonType, 413, "document_too_large", "body.prompt", "1048576"},
		"too many files":          {drawPath, `{"prompt":"fox","images":["` + strings.Repeat(big+`","`, 17) + big + `"]}`, jsonType, 422, "invalid_input", "body.images[17] body.images", "at most 17 files"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.do("POST", c.path, c.body, "Content-Type", c.kind)
			a.t = t
			p := a.wantProblem(c.status, c.code)
			if locations(p) != c.places || !strings.Contains(p.Detail, c.word) || strings.Contains(string(a.body), "secretvalue") || p.Charged != "no" || len(a.body) > 2000 {
				t.Errorf("at %q: %.500s", locations(p), p.Detail)
			}
		})
	}
	t.Run("headers", func(t *testing.T) {
		t.Parallel()
		a := r.do("POST", drawPath, `{"prompt":"fox"}`, "X-Tags", "\xba\xec", "Idempotency-Key", "\xff")
		a.t = t
		if p := a.wantProblem(422, "invalid_input"); locations(p) != "header.Idempotency-Key header.X-Tags" {
			t.Error(locations(p))
		}
	})
	if n := r.vendor.Purchases.Load(); n != 0 {
		t.Errorf("%d purchases", n)
	}
}

// Text that is right is bought as it was sent.
func TestInputText(t *testing.T) {
	t.Parallel()
	r := start(t)
	for name, c := range map[string]struct{ body, kind, want string }{
		"a byte order mark":      {"\ufeff{\"prompt\":\"红\"}", "application/json", "红"},
		"UTF-8, declared":        {`{"prompt":"红"}`, "application/json; charset=UTF-8", "红"},
		"ASCII, declared":        {`{"prompt":"\u7ea2"}`, "application/json; charset=iso-8859-1", "红"},
		"a surrogate pair":       {`{"prompt":"\ud83e\udd8a"}`, "application/json", "🦊"},
		"a placeholder":          {`{"prompt":"lifted:0123456789012345678901234567890123456789"}`, "application/json", "lifted:0123456789012345678901234567890123456789"},
		"a replacement":          {`{"prompt":"\ufffd�"}`, "application/json", "��"},
		"words like base64":      {`{"prompt":"` + strings.Repeat("QUJD", 250) + `"}`, "application/json", strings.Repeat("QUJD", 250)},
		"a data URL as a prompt": {`{"prompt":"data:image/png;base64,QUJD"}`, "application/json", "data:image/png;base64,QUJD"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.do("POST", drawPath, c.body, "Content-Type", c.kind)
			a.t = t
			if prompt, _ := r.accepted(a); prompt != c.want {
				t.Errorf("%q, want %q", prompt, c.want)
			}
		})
	}
}
