package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/gif"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
)

// answer is the part of an answer that the tests read.
type answer struct {
	Data []struct {
		URL string `json:"url"`
	}
	Choices []struct {
		Delta struct {
			Image struct {
				URL           string `json:"url"`
				Width, Height int
			}
		}
	}
	Error struct{ Type, Code, Message string }
}

// url is the only image of an answer, at the place for its endpoint.
func (a answer) url(chat bool) string {
	switch {
	case chat && len(a.Choices) == 1 && a.Data == nil:
		return a.Choices[0].Delta.Image.URL
	case !chat && len(a.Data) == 1 && a.Choices == nil:
		return a.Data[0].URL
	}
	return ""
}

func call(t *testing.T, base, endpoint, key, body string) (int, answer) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/wand/hunyuan-image/"+endpoint, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	status, data := sandboxtest.Do(t, r)
	var a answer
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return status, a
}

// encode is a base64 image of 64 by 64 pixels.
func encode(t *testing.T, format string) string {
	t.Helper()
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, 64, 64))
	err := png.Encode(&b, img)
	if format == "gif" {
		b.Reset()
		err = gif.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

const plain, chat = "v3-generation", "v35-generation"

func TestImitationChecks(t *testing.T) {
	t.Parallel()
	base := sandboxtest.One(t, New())
	v3 := func(fields string) string { return `{"model":"hy-image-v3","prompt":"x"` + fields + `}` }
	v35 := func(fields string, parts ...string) string {
		return `{"model":"hy-image-v3.5-preview","messages":[{"role":"user","content":[` + strings.Join(append([]string{`{"type":"text","text":"x"}`}, parts...), ",") + `]}]` + fields + `}`
	}
	dot, link := `"`+encode(t, "png")+`"`, `"https://example.com/a.png"`
	dataURL := `"data:image/png;base64,` + dot[1:]
	part := func(url string) string { return `{"type":"image_url","image_url":{"url":` + url + `}}` }
	for name, c := range map[string]struct {
		endpoint, body string
		status         int
		says           string // in the message
	}{
		"3.0":                     {plain, v3(``), 200, ""},
		"every field of 3.0":      {plain, v3(`,"images":[` + dot + `,` + link + `],"size":"1280x720","seed":1,"footnote":"十六个字符","revise":false`), 200, ""},
		"another model":           {plain, strings.Replace(v3(``), "hy-image-v3", "hy-image-v3.0", 1), 400, "model"},
		"3.5 at 3.0's endpoint":   {plain, v35(``), 400, "model"},
		"another endpoint":        {"v4-generation", v3(``), 400, "endpoint"},
		"no JSON":                 {plain, `{`, 400, ""},
		"no prompt":               {plain, `{"model":"hy-image-v3"}`, 400, "prompt"},
		"long prompt":             {plain, strings.Replace(v3(``), `"x"`, `"`+strings.Repeat("x", 8193)+`"`, 1), 400, "prompt"},
		"a misspelt field":        {plain, v3(`,"footnotes":"x"`), 400, "footnotes"},
		"a field of aiart":        {plain, v3(`,"logo_add":0`), 400, "logo_add"},
		"long footnote":           {plain, v3(`,"footnote":"12345678901234567"`), 400, "footnote"},
		"seed 0":                  {plain, v3(`,"seed":0`), 400, "seed"},
		"revise as a number":      {plain, v3(`,"revise":0`), 400, "revise"},
		"a size with a colon":     {plain, v3(`,"size":"1024:1024"`), 400, "size"},
		"a size with an asterisk": {plain, v3(`,"size":"1024*1024"`), 400, "size"},
		"too large":               {plain, v3(`,"size":"1024x1025"`), 400, "size"},
		"four images":             {plain, v3(`,"images":[` + strings.Repeat(link+",", 3) + link + `]`), 400, "images"},
		"a data URL for 3.0":      {plain, v3(`,"images":[` + dataURL + `]`), 400, "images"},
		"a GIF":                   {plain, v3(`,"images":["` + encode(t, "gif") + `"]`), 400, "images"},
		"3.5":                     {chat, v35(``), 200, ""},
		"every field of 3.5":      {chat, v35(`,"size":"512x256"`, part(dataURL), part(link)), 200, ""},
		"pixels":                  {chat, v35(`,"generate_max_pixels":65536`), 200, ""},
		"too many pixels":         {chat, v35(`,"generate_max_pixels":16777217`), 400, "generate_max_pixels"},
		"a seed of 3.5":           {chat, v35(`,"seed":1`), 400, "seed"},
		"a prompt of 3.5":         {chat, v35(`,"prompt":"x"`), 400, "prompt"},
		"too large for 3.5":       {chat, v35(`,"size":"4096x4097"`), 400, "size"},
		"too narrow for 3.5":      {chat, v35(`,"size":"8192x255"`), 400, "size"},
		"base64 for 3.5":          {chat, v35(``, part(dot)), 400, "images"},
		"a misspelt part":         {chat, v35(``, `{"type":"image","image_url":{"url":`+link+`}}`), 400, "type"},
		"content as text":         {chat, `{"model":"hy-image-v3.5-preview","messages":[{"role":"user","content":"x"}]}`, 400, "content"},
		"no message of the user":  {chat, strings.Replace(v35(``), `"user"`, `"system"`, 1), 400, "prompt"},
		"the directive 400":       {plain, strings.Replace(v3(``), `"x"`, `"x [[400]]"`, 1), 400, "sandbox"},
		"the directive 402":       {plain, strings.Replace(v3(``), `"x"`, `"x [[402]]"`, 1), 402, "FREE_QUOTA_EXHAUSTED"},
		"the directive refuse":    {chat, strings.Replace(v35(``), `"x"`, `"x [[refuse]]"`, 1), 451, "safety policy"},
		"a refused result":        {chat, strings.Replace(v35(``), `"x"`, `"x [[refuse-output]]"`, 1), 200, "moderation"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, a := call(t, base, c.endpoint, sandbox.Key, c.body)
			accepted := c.status == http.StatusOK && c.says == ""
			if status != c.status || !strings.Contains(a.Error.Message, c.says) || (a.url(c.endpoint == chat) != "") != accepted || (a.Error.Code == "") != accepted {
				t.Errorf("%d %+v, want %d with %q", status, a, c.status, c.says)
			}
		})
	}
}

func TestImitationChecksKeys(t *testing.T) {
	t.Parallel()
	base := sandboxtest.One(t, New())
	for _, key := range []string{"", "another"} {
		if status, a := call(t, base, plain, key, `{"model":"hy-image-v3","prompt":"x"}`); status != http.StatusUnauthorized || a.Error.Code != "401002" {
			t.Errorf("%q: %d %+v", key, status, a)
		}
	}
}

// Results are PNGs of the requested size.
func TestImitationDraws(t *testing.T) {
	t.Parallel()
	base := sandboxtest.One(t, New())
	for name, c := range map[string]struct {
		endpoint, body string
		width, height  int
	}{
		"3.0":          {plain, `{"model":"hy-image-v3","prompt":"a fox"}`, 1024, 1024},
		"3.0 by size":  {plain, `{"model":"hy-image-v3","prompt":"a fox","size":"1280x720","seed":7}`, 1280, 720},
		"3.5":          {chat, `{"model":"hy-image-v3.5-preview","messages":[{"role":"user","content":[{"type":"text","text":"a fox"}]}]}`, 1536, 1536},
		"3.5 by size":  {chat, `{"model":"hy-image-v3.5-preview","messages":[{"role":"user","content":[{"type":"text","text":"a fox"}]}],"size":"320x256"}`, 320, 256},
		"3.5 by area":  {chat, `{"model":"hy-image-v3.5-preview","messages":[{"role":"user","content":[{"type":"text","text":"a fox"}]}],"generate_max_pixels":65536}`, 256, 256},
		"two messages": {chat, `{"model":"hy-image-v3.5-preview","messages":[{"role":"user","content":[{"type":"text","text":""}]},{"role":"user","content":[{"type":"text","text":"a fox"}]}],"size":"300x300"}`, 300, 300},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, a := call(t, base, c.endpoint, sandbox.Key, c.body)
			res, err := http.Get(a.url(c.endpoint == chat))
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if got, format, err := image.DecodeConfig(res.Body); err != nil || format != "png" || got.Width != c.width || got.Height != c.height {
				t.Errorf("%v: a %s of %dx%d", err, format, got.Width, got.Height)
			}
		})
	}
}
