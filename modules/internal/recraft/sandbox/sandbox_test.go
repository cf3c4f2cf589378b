package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"

	_ "golang.org/x/image/webp" // the vendor's default format

	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
)

func imitation(t *testing.T) string {
	t.Helper()
	return sandboxtest.One(t, New("recraftv4_1", "recraftv4_1_vector", "recraftv4_1_pro", "recraftv4_1_flash", "recraftv4_styles", "recraftv3", "recraftv3_vector", "recraftv2", "recraftv2_vector"))
}

// send sends a request with a key: a POST if it has a body.
func send(t *testing.T, url, key, body string) (int, string, string) {
	t.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	var kind string
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	kind = res.Header.Get("Content-Type")
	var out bytes.Buffer
	if _, err := out.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, kind, out.String()
}

// dataURL is a grey PNG of a size.
func dataURL(w, h int) string {
	img := image.NewGray(image.Rect(0, 0, w, h))
	img.SetGray(0, 0, color.Gray{Y: 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // writing to a buffer does not fail
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

const (
	text    = "/images/generations"
	fromImg = "/images/imageToImage"
	inpaint = "/images/inpaint"
)

// The sample of the documentation, and further requests that it allows.
func TestImitationAccepts(t *testing.T) {
	t.Parallel()
	base, photo := imitation(t), dataURL(320, 256)
	for name, c := range map[string]struct {
		path, body string
		images     int
		credits    int
	}{
		"sample":         {text, `{"model":"recraftv3","prompt":"Brass compass on wet slate","style":"realistic_image","substyle":"studio_portrait","size":"1365x1024","n":2,"response_format":"url","controls":{"colors":[{"rgb":[20,60,90],"weight":0.6}]}}`, 2, 80},
		"least":          {text, `{"model":"recraftv4_1","prompt":"x"}`, 1, 35},
		"vector":         {text, `{"model":"recraftv4_1_vector","prompt":"x","size":"9:16"}`, 1, 80},
		"pro":            {text, `{"model":"recraftv4_1_pro","prompt":"x","size":"2688x1536","creativity":"simple","upscale":"upscale4mp"}`, 1, 210},
		"newer style":    {text, `{"model":"recraftv3","prompt":"x","style":"Photorealism"}`, 1, 40},
		"icon":           {text, `{"model":"recraftv2_vector","prompt":"x","style":"icon","substyle":"outline"}`, 1, 44},
		"references":     {text, `{"model":"recraftv4_styles","prompt":"x","style_reference_urls":["` + photo + `","https://example.com/a.png"],"style_match":"precise"}`, 1, 40},
		"image":          {fromImg, `{"model":"recraftv4_1","prompt":"x","image_url":"` + photo + `","strength":0}`, 1, 40},
		"mask":           {inpaint, `{"model":"recraftv2","prompt":"x","image_url":"` + photo + `","mask_url":"` + photo + `","n":6}`, 6, 240},
		"long prompt":    {text, `{"model":"recraftv4_1","prompt":"` + strings.Repeat("ж", 10000) + `"}`, 1, 35},
		"text in places": {text, `{"model":"recraftv3","prompt":"x","text_layout":[{"text":"a","bbox":[[0,0],[1,0],[1,1],[0,1]]}],"random_seed":4294967295}`, 1, 40},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, _, got := send(t, base+c.path, sandbox.Key, c.body)
			var a struct {
				Created, Credits int
				StyleID          string `json:"style_id"`
				Data             []struct {
					ID  string `json:"image_id"`
					URL string
				}
			}
			if err := json.Unmarshal([]byte(got), &a); err != nil || status != http.StatusOK {
				t.Fatalf("%d %s", status, got)
			}
			if len(a.Data) != c.images || a.Credits != c.credits || a.Created == 0 || a.Data[0].URL == "" || a.Data[0].ID == "" || (a.StyleID != "") != (name == "references") {
				t.Errorf("%s", got)
			}
		})
	}
}

func TestImitationRefuses(t *testing.T) {
	t.Parallel()
	base, photo := imitation(t), dataURL(320, 256)
	with := func(model, fields string) string { return `{"prompt":"x","model":"` + model + `"` + fields + `}` }
	for name, c := range map[string]struct{ path, body, message string }{
		"no JSON":                         {text, `{"prompt":`, "not a JSON object"},
		"no prompt":                       {text, `{"model":"recraftv3"}`, "prompt is required"},
		"unknown model":                   {text, with("recraftv9", ""), "model must be one of"},
		"unknown field":                   {text, with("recraftv3", `,"seed":1`), "seed is not a field"},
		"too many":                        {text, with("recraftv3", `,"n":7`), "n must be from 1 to 6"},
		"long prompt":                     {text, `{"model":"recraftv3","prompt":"` + strings.Repeat("x", 1001) + `"}`, "prompt must have at most 1000"},
		"long prompt of V4":               {text, `{"model":"recraftv4_1","prompt":"` + strings.Repeat("x", 10001) + `"}`, "prompt must have at most 10000"},
		"size of V3":                      {text, with("recraftv4_1", `,"size":"1820x1024"`), "size is not supported"},
		"size of V4":                      {text, with("recraftv3", `,"size":"1344x768"`), "size is not supported"},
		"small size of Pro":               {text, with("recraftv4_1_pro", `,"size":"1024x1024"`), "size is not supported"},
		"format":                          {text, with("recraftv3", `,"image_format":"jpg"`), "image_format must be one of"},
		"format of a vector image":        {text, with("recraftv4_1_vector", `,"image_format":"png"`), "image_format is for raster"},
		"seed":                            {text, with("recraftv3", `,"random_seed":4294967296`), "random_seed must be"},
		"style of V4":                     {text, with("recraftv4_1", `,"style":"any"`), "style is not supported"},
		"negative prompt of V4":           {text, with("recraftv4_1", `,"negative_prompt":"y"`), "negative_prompt is not supported"},
		"creativity of V3":                {text, with("recraftv3", `,"creativity":"simple"`), "creativity is not supported"},
		"artistic level of V2":            {text, with("recraftv2", `,"controls":{"artistic_level":1}`), "controls.artistic_level is not supported"},
		"artistic level":                  {text, with("recraftv3", `,"controls":{"artistic_level":6}`), "controls.artistic_level must be"},
		"colour":                          {text, with("recraftv4_1", `,"controls":{"colors":[{"rgb":[0,0,256]}]}`), "controls.colors.0.rgb.2 must be"},
		"background":                      {text, with("recraftv4_1", `,"controls":{"background_color":{"rgb":[0,0,0],"weight":1}}`), "controls.background_color.weight is not a field"},
		"texts of V2":                     {text, with("recraftv2", `,"text_layout":[]`), "text_layout is not supported"},
		"box":                             {text, with("recraftv3", `,"text_layout":[{"text":"a","bbox":[[0,2]]}]`), "text_layout.0.bbox.0.1 must be"},
		"style and its id":                {text, with("recraftv3", `,"style":"any","style_id":"s"`), "exclude each other"},
		"style model without a style":     {text, with("recraftv4_styles", ""), "needs style_id"},
		"custom style of V4.1":            {text, with("recraftv4_1", `,"style_id":"s"`), "does not support styles"},
		"references of V3":                {text, with("recraftv3", `,"style_reference_urls":["https://example.com/a"]`), "style_reference_urls is not supported"},
		"small reference":                 {text, with("recraftv4_styles", `,"style_reference_urls":["`+dataURL(255, 256)+`"]`), "at least 256 pixels"},
		"match without a style":           {text, with("recraftv3", `,"style_match":"precise"`), "style_match needs"},
		"icon of V3":                      {text, with("recraftv3_vector", `,"style":"icon"`), "style is not available"},
		"logo of V2":                      {text, with("recraftv2", `,"style":"logo_raster"`), "style is not available"},
		"vector style of a raster model":  {text, with("recraftv3", `,"style":"vector_illustration"`), "different kinds"},
		"newer vector style of a raster":  {text, with("recraftv3", `,"style":"Vector art"`), "different kinds"},
		"newer raster style of a vector":  {text, with("recraftv3_vector", `,"style":"Photorealism"`), "different kinds"},
		"raster style of a vector model":  {text, with("recraftv3_vector", `,"style":"realistic_image"`), "different kinds"},
		"substyle of V2":                  {text, with("recraftv3", `,"style":"digital_illustration","substyle":"voxel"`), "substyle is not available"},
		"substyle alone":                  {text, with("recraftv3", `,"substyle":"hdr"`), "substyle needs a style"},
		"image from text":                 {text, with("recraftv3", `,"image_url":"`+photo+`"`), "image_url is not a field"},
		"no image":                        {fromImg, with("recraftv3", `,"strength":0.5`), "image_url is required"},
		"no strength":                     {fromImg, with("recraftv3", `,"image_url":"`+photo+`"`), "strength is required"},
		"strength":                        {fromImg, with("recraftv3", `,"image_url":"`+photo+`","strength":1.1`), "strength must be"},
		"size with an image":              {fromImg, with("recraftv3", `,"image_url":"`+photo+`","strength":1,"size":"1:1"`), "size is not a field"},
		"image of V2":                     {fromImg, with("recraftv2", `,"image_url":"`+photo+`","strength":1`), "does not support imageToImage"},
		"image of flash":                  {fromImg, with("recraftv4_1_flash", `,"image_url":"`+photo+`","strength":1`), "from text only"},
		"bare base64":                     {fromImg, with("recraftv3", `,"image_url":"`+strings.TrimPrefix(photo, "data:image/png;base64,")+`","strength":1`), "data URL"},
		"image that is none":              {fromImg, with("recraftv3", `,"image_url":"data:image/png;base64,aGVsbG8=","strength":1`), "image_url must be an image"},
		"long image":                      {fromImg, with("recraftv3", `,"image_url":"`+dataURL(4097, 256)+`","strength":1`), "at most 4096 pixels"},
		"no mask":                         {inpaint, with("recraftv3", `,"image_url":"`+photo+`"`), "mask_url is required"},
		"mask of another size":            {inpaint, with("recraftv3", `,"image_url":"`+photo+`","mask_url":"`+dataURL(256, 320)+`"`), "same dimensions"},
		"mask with strength":              {inpaint, with("recraftv3", `,"image_url":"`+photo+`","mask_url":"`+photo+`","strength":1`), "strength is not a field"},
		"directive":                       {text, with("recraftv3", `,"prompt":"[[400]]"`), "asked for a 400"},
		"directive of a content refusal ": {text, with("recraftv3", `,"prompt":"[[refuse]]"`), "content moderation"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, _, got := send(t, base+c.path, sandbox.Key, c.body)
			var e struct{ Code, Message string }
			if err := json.Unmarshal([]byte(got), &e); err != nil || status != http.StatusBadRequest || e.Code == "" || !strings.Contains(e.Message, c.message) {
				t.Errorf("%d %s, want %q", status, got, c.message)
			}
		})
	}
}

// Errors that are plain text, and the free call.
func TestImitationKeysAndPaths(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	body := `{"prompt":"x","model":"recraftv3"}`
	for name, c := range map[string]struct {
		path, key, body string
		status          int
		want            string
	}{
		"wrong key":        {text, "wrong", body, 401, "request unauthorized"},
		"no key":           {text, "", body, 401, "request unauthorized"},
		"no key for users": {"/users/me", "", "", 401, "request unauthorized"},
		"path":             {"/images/generation", sandbox.Key, body, 404, "404 page not found"},
		"units":            {text, sandbox.Key, `{"prompt":"[[402]]","model":"recraftv3"}`, 402, "not enough API units"},
		"throttled":        {text, sandbox.Key, `{"prompt":"[[429]]","model":"recraftv3"}`, 429, "too many requests"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, kind, got := send(t, base+c.path, c.key, c.body)
			if status != c.status || strings.TrimSpace(got) != c.want || !strings.HasPrefix(kind, "text/plain") {
				t.Errorf("%d %s %q", status, kind, got)
			}
		})
	}
	var me struct {
		ID, Email, Name string
		Credits         int
	}
	if status, _, got := send(t, base+"/users/me", sandbox.Key, ""); status != http.StatusOK || json.Unmarshal([]byte(got), &me) != nil || me.Credits <= 0 || me.ID == "" {
		t.Errorf("users/me: %d %s", status, got)
	}
}

// Results have the requested format and size, by URL and as base64.
func TestImitationDraws(t *testing.T) {
	t.Parallel()
	base := imitation(t)
	for name, c := range map[string]struct {
		path, body, format string
		w, h               int
	}{
		"default":       {text, `{"model":"recraftv4_1","prompt":"a fox"}`, "webp", 1024, 1024},
		"png":           {text, `{"model":"recraftv3","prompt":"a fox","image_format":"png","size":"1024x1434"}`, "png", 1024, 1434},
		"ratio of Pro":  {text, `{"model":"recraftv4_1_pro","prompt":"a fox","image_format":"png","size":"6:10"}`, "png", 1664, 2688},
		"vector":        {text, `{"model":"recraftv4_1_vector","prompt":"a fox","size":"16:9"}`, "svg", 1344, 768},
		"of an image":   {fromImg, `{"model":"recraftv4_1","prompt":"a fox","image_format":"png","strength":0.5,"image_url":"` + dataURL(300, 400) + `"}`, "png", 300, 400},
		"base64":        {text, `{"model":"recraftv3","prompt":"a fox","image_format":"png","response_format":"b64_json"}`, "png", 1024, 1024},
		"base64 of SVG": {text, `{"model":"recraftv3_vector","prompt":"a fox","response_format":"b64_json"}`, "svg", 1024, 1024},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, _, got := send(t, base+c.path, sandbox.Key, c.body)
			var a struct {
				Data []struct {
					URL string
					B64 string `json:"b64_json"`
				}
			}
			if err := json.Unmarshal([]byte(got), &a); err != nil || status != http.StatusOK || len(a.Data) != 1 {
				t.Fatalf("%d %s", status, got)
			}
			file, err := base64.StdEncoding.DecodeString(a.Data[0].B64)
			if a.Data[0].URL != "" {
				var body string
				_, _, body = send(t, a.Data[0].URL, "", "")
				file = []byte(body)
			}
			if err != nil || (a.Data[0].B64 != "") != strings.HasPrefix(name, "base64") {
				t.Fatalf("%v: %s", err, got)
			}
			if c.format == "svg" {
				var root struct {
					XMLName xml.Name
					Width   int `xml:"width,attr"`
					Height  int `xml:"height,attr"`
				}
				if err := xml.Unmarshal(file, &root); err != nil || root.XMLName.Local != "svg" || root.Width != c.w || root.Height != c.h {
					t.Errorf("%v %+v", err, root)
				}
				return
			}
			if img, format, err := image.DecodeConfig(bytes.NewReader(file)); err != nil || format != c.format || img.Width != c.w || img.Height != c.h {
				t.Errorf("%v %s %dx%d", err, format, img.Width, img.Height)
			}
		})
	}
}
