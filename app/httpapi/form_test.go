package httpapi_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"aigc/app/worker/workertest"
)

const formType = "multipart/form-data; boundary=q"

// rawForm makes a form of parts: pairs of headers and content. Headers without a colon are
// the name of a text field.
func rawForm(parts ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(parts); i += 2 {
		head := parts[i]
		if !strings.Contains(head, ":") {
			head = `Content-Disposition: form-data; name="` + head + `"`
		}
		b.WriteString("--q\r\n" + head + "\r\n\r\n" + parts[i+1] + "\r\n")
	}
	return b.String() + "--q--\r\n"
}

// partHead is the headers of a part; more are further headers.
func partHead(name, fileName string, more ...string) string {
	return strings.Join(append([]string{fmt.Sprintf(`Content-Disposition: form-data; name="%s"; filename="%s"`, name, fileName)}, more...), "\r\n")
}

// otherPNG is an image that differs from workertest.PNG, with side as its width.
func otherPNG(side int) string {
	var b bytes.Buffer
	m := image.NewNRGBA(image.Rect(0, 0, side, side))
	_, _ = rand.NewChaCha8([32]byte{}).Read(m.Pix)
	_ = png.Encode(&b, m) // to memory
	return b.String()
}

// accepted is what a request was accepted as: the prompt and the images, by content.
func (r *rig) accepted(a *answer) (prompt string, images []string) {
	a.t.Helper()
	if a.StatusCode != 200 {
		a.t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	row, err := r.Ledger.Task(a.t.Context(), a.view().TaskID)
	if err != nil {
		a.t.Fatal(err)
	}
	var in struct {
		Prompt, Image string
		Images        []string
	}
	if err := json.Unmarshal(row.Input, &in); err != nil {
		a.t.Fatal(err)
	}
	if in.Image != "" {
		in.Images = append([]string{in.Image}, in.Images...)
	}
	for _, id := range in.Images {
		asset, err := r.Ledger.Asset(a.t.Context(), id)
		if err != nil {
			a.t.Fatal(err)
		}
		images = append(images, asset.SHA256)
	}
	return in.Prompt, images
}

func sums(files []string) []string {
	var out []string
	for _, f := range files {
		sum := sha256.Sum256([]byte(f))
		out = append(out, hex.EncodeToString(sum[:]))
	}
	return out
}

// The schema decides which parts are files and which are text, not their headers.
func TestFormParts(t *testing.T) {
	t.Parallel()
	r := start(t)
	fox, den := string(workertest.PNG()), otherPNG(200)
	b64 := base64.StdEncoding.EncodeToString([]byte(fox))
	bigB64 := base64.StdEncoding.EncodeToString([]byte(den))
	octets := "Content-Type: application/octet-stream"
	one := []string{fox}
	for name, c := range map[string]struct {
		parts  []string
		images []string
	}{
		"no file name":                {[]string{"image", fox}, one},
		"an empty file name":          {[]string{partHead("image", "", octets), fox}, one},
		"a type, no name":             {[]string{"Content-Disposition: form-data; name=\"image\"\r\nContent-Type: image/png", fox}, one},
		"a name with quotes":          {[]string{partHead("image", `a \"b\".png`), fox}, one},
		"a Chinese name":              {[]string{partHead("image", "红狐狸.png"), fox}, one},
		"a name in GBK":               {[]string{partHead("image", "\xba\xec\xba\xfc.png"), fox}, one},
		"name*":                       {[]string{"Content-Disposition: form-data; name=\"image\"; filename*=UTF-8''%E7%BA%A2.png", fox}, one},
		"no file chosen":              {[]string{partHead("image", "", octets), ""}, nil},
		"an index":                    {[]string{partHead("image[0]", "a.png"), fox}, one},
		"indices, in their order":     {[]string{partHead("image[1]", "b.png"), den, partHead("image[0]", "a.png"), fox}, []string{fox, den}},
		"ten and two":                 {[]string{partHead("images[10]", "b.png"), den, partHead("images[2]", "a.png"), fox}, []string{fox, den}},
		"with and without an index":   {[]string{partHead("image[1]", "b.png"), den, partHead("image", "a.png"), fox}, []string{fox, den}},
		"brackets":                    {[]string{partHead("image[]", "a.png"), fox, partHead("image[]", "b.png"), den}, []string{fox, den}},
		"the name twice":              {[]string{partHead("image", "a.png"), fox, partHead("image", "b.png"), den}, []string{fox, den}},
		"base64 of transfer":          {[]string{partHead("image", "a.png", "Content-Transfer-Encoding: BASE64"), b64[:40] + "\r\n" + b64[40:]}, one},
		"binary transfer":             {[]string{partHead("image", "a.png", "Content-Transfer-Encoding: binary"), fox}, one},
		"base64 as text":              {[]string{"image", b64}, one},
		"base64 as a file":            {[]string{partHead("image", "a.txt", "Content-Type: text/plain"), b64}, one},
		"long base64 as text":         {[]string{"image", "\n" + bigB64[:100] + "\r\n" + bigB64[100:]}, []string{den}},
		"a data URL as text":          {[]string{"image", "data:image/png;base64," + url.QueryEscape(bigB64)}, []string{den}},
		"a data URL as a file":        {[]string{partHead("image", "blob"), "data:image/png;base64," + b64}, one},
		"a list as text":              {[]string{"images", `["data:image/png;base64,` + b64 + `"]`}, one},
		"no image":                    {nil, nil},
		"an SVG without a file name":  {[]string{"image", harmlessSVG}, []string{harmlessSVG}},
		"an SVG as a percent encoded": {[]string{"image", "data:image/svg+xml," + url.PathEscape(harmlessSVG)}, []string{harmlessSVG}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for kind, head := range map[string]string{
				"text": "prompt", "file": partHead("prompt", "blob", "Content-Type: text/plain"), "octets": partHead("prompt", "p.txt", octets),
				"charset": "Content-Disposition: form-data; name=\"prompt\"\r\nContent-Type: text/plain; charset=UTF-8",
				"base64":  "Content-Disposition: form-data; name=\"prompt\"\r\nContent-Transfer-Encoding: base64",
			} {
				text := "红狐狸 lifted: QUJD"
				if kind == "base64" {
					text = base64.StdEncoding.EncodeToString([]byte(text))
				}
				a := r.do("POST", drawPath, rawForm(append([]string{head, text}, c.parts...)...), "Content-Type", formType)
				a.t = t
				prompt, images := r.accepted(a)
				if prompt != "红狐狸 lifted: QUJD" || fmt.Sprint(images) != fmt.Sprint(sums(c.images)) {
					t.Errorf("%s: %q, %d images %v, want %v", kind, prompt, len(images), images, sums(c.images))
				}
			}
		})
	}
}

// A form that cannot be read is refused with what is wrong, and nothing is bought or kept.
func TestFormFaults(t *testing.T) {
	t.Parallel()
	r := start(t)
	fox := string(workertest.PNG())
	b64 := base64.StdEncoding.EncodeToString([]byte(otherPNG(200)))
	ask := func(parts ...string) string { return rawForm(append([]string{"prompt", "secretvalue"}, parts...)...) }
	for name, c := range map[string]struct {
		body   string
		status int
		code   string
		places string
		word   string
	}{
		"spaces in a file name":      {ask("Content-Disposition: form-data; name=\"image\"; filename=my fox.png", fox), 422, "bad_form", "body.image", "Content-Disposition of part 2"},
		"quotes in a file name":      {ask("Content-Disposition: form-data; name=\"image\"; filename=\"a \"b\".png\"", fox), 422, "bad_form", "body.image", "Content-Disposition"},
		"no Content-Disposition":     {ask("Content-Type: image/png", fox), 422, "bad_form", "body", "is missing"},
		"no name":                    {ask("Content-Disposition: form-data; filename=\"a.png\"", fox), 422, "bad_form", "body", "has no name"},
		"a control character":        {ask("Content-Disposition: form-data; name=\"a\x12b\"", fox), 422, "bad_form", "", "header of part 2"},
		"no colon in a header":       {ask("Content-Disposition: form-data; name=\"image\"\r\nnone", fox), 422, "bad_form", "", "header of part 2"},
		"another disposition":        {ask("Content-Disposition: attachment; name=\"image\"", fox), 422, "bad_form", "body", "form-data"},
		"quoted-printable":           {ask(partHead("image", "a.png", "Content-Transfer-Encoding: quoted-printable"), "=89PNG"), 415, "transfer_encoding", "body.image", "Content-Transfer-Encoding"},
		"damaged transfer":           {ask(partHead("image", "a.png", "Content-Transfer-Encoding: base64"), b64[:5000]+"!"+b64[5000:]), 422, "invalid_base64", "body.image", "character 5001"},
		"damaged transfer of a text": {rawForm("Content-Disposition: form-data; name=\"prompt\"\r\nContent-Transfer-Encoding: base64", "a fox!"), 422, "invalid_input", "body.prompt", "Content-Transfer-Encoding"},
		"damaged base64":             {ask("images", b64, "images", b64[:9000]+"?"+b64[9000:]), 422, "invalid_base64", "body.images[1]", "character 9001"},
		"text in GBK":                {rawForm("prompt", "\xba\xec\xba\xfc"), 422, "invalid_input", "body.prompt", "UTF-8"},
		"GBK, declared":              {rawForm("Content-Disposition: form-data; name=\"prompt\"\r\nContent-Type: text/plain; charset=gbk", "\xba\xec"), 415, "charset", "body.prompt", "gbk"},
		"Latin-1, declared":          {rawForm("Content-Disposition: form-data; name=\"prompt\"\r\nContent-Type: text/plain; charset=ISO-8859-1", "\xf1and\xfa"), 415, "charset", "body.prompt", "iso-8859-1"},
		"an image as text":           {rawForm(partHead("prompt", "a.png", "Content-Type: image/png"), fox), 422, "invalid_input", "body.prompt", "expected text, not a file"},
		"several faults":             {rawForm("prompt", "\xba\xec", "n", "99", "colour", "red"), 422, "invalid_input", "body.prompt body.colour body.n", "UTF-8"},
		"a name that is no UTF-8":    {rawForm("prompt", "secretvalue", "\xba\xec", "x"), 422, "invalid_input", "body", "the name of a field"},
		"a text that is too long":    {rawForm("prompt", strings.Repeat("secretvalue ", 100_000)), 413, "form_too_large", "body.prompt", "1048576 bytes"},
		"an unknown file":            {ask(partHead("photo", "a.png"), fox), 422, "invalid_input", "body.photo", "unexpected"},
		"an unknown index":           {ask(partHead("photo[0]", "a.png"), fox), 422, "invalid_input", "body.photo[0]", "unexpected"},
		"an empty file":              {ask(partHead("image", "a.png"), ""), 422, "empty_file", "body.image", "empty"},
		"words in place of a file":   {ask("image", "a red fox, please"), 422, "unknown_file_type", "body.image", "expected an http(s) URL"},
		"a file of words":            {ask(partHead("image", "a.png"), "a red fox, please"), 415, "unknown_file_type", "body.image", "not an image"},
		"a guessed reference":        {ask("image", "lifted:0123456789012345678901234567890123456789"), 422, "unknown_reference", "body.image", "expected an http(s) URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.do("POST", drawPath, c.body, "Content-Type", formType)
			a.t = t
			p := a.wantProblem(c.status, c.code)
			if locations(p) != c.places || !strings.Contains(p.Detail, c.word) || strings.Contains(string(a.body), "secretvalue") || p.Charged != "no" {
				t.Errorf("at %q: %s", locations(p), p.Detail)
			}
		})
	}
	t.Run("query", func(t *testing.T) {
		t.Parallel()
		for query, code := range map[string]string{"?style=%ff": "invalid_input", "?style=%zz": "bad_query", "?a;b": "bad_query"} {
			a := r.do("POST", drawPath+query, rawForm("prompt", "fox"), "Content-Type", formType)
			a.t = t
			a.wantProblem(422, code)
		}
	})
	t.Run("charset of the form", func(t *testing.T) {
		t.Parallel()
		a := r.do("POST", drawPath, rawForm("prompt", "fox"), "Content-Type", formType+"; charset=gbk")
		a.t = t
		a.wantProblem(415, "charset")
	})
	if n := r.vendor.Purchases.Load(); n != 0 {
		t.Errorf("%d purchases", n)
	}
}

// Forms with too much in them are refused before it is held, on both routes that take one.
func TestFormLimits(t *testing.T) {
	t.Parallel()
	r := start(t)
	many := make([]string, 0, 2*200)
	for i := range 200 {
		many = append(many, fmt.Sprint("f", i), "x")
	}
	for name, c := range map[string]struct{ form, code string }{
		"parts":              {rawForm(many...), "too_many_fields"},
		"a long header":      {rawForm("Content-Disposition: form-data; name=\"prompt\"\r\nX-A: "+strings.Repeat("a", 20<<10), "x"), "part_header_too_large"},
		"many header lines":  {rawForm("Content-Disposition: form-data; name=\"prompt\""+strings.Repeat("\r\nX-A: a", 2000), "x"), "part_header_too_large"},
		"a long second name": {rawForm("prompt", strings.Repeat("x", 10<<10), strings.Repeat("n", 20<<10), "x"), "part_header_too_large"},
	} {
		for _, path := range []string{drawPath, "/api/files/upload"} {
			if p := r.do("POST", path, c.form, "Content-Type", formType).problem(); p.Status != 413 || p.Code != c.code {
				t.Errorf("%s, %s: %+v", path, name, p)
			}
		}
	}
}
