package openai

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"image"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"

	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
)

// imitate answers as OpenAI does.
func imitate(k *sandbox.Kit) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", keyed(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"object":"list","data":[{"id":"gpt-image-2","object":"model","created":1776729600,"owned_by":"system","shutdown_date":null}]}`)
	}))
	mux.HandleFunc("POST /v1/images/generations", keyed(func(w http.ResponseWriter, r *http.Request) {
		var g Generation
		d := json.NewDecoder(r.Body)
		d.DisallowUnknownFields()
		if err := d.Decode(&g); err != nil {
			refuse(w, 400, "invalid_request_error", "unknown_parameter", "The request cannot be read.")
			return
		}
		sell(k, w, r, g, 0)
	}))
	mux.HandleFunc("POST /v1/images/edits", keyed(func(w http.ResponseWriter, r *http.Request) {
		g, files, err := readForm(r)
		if err != nil {
			refuse(w, 400, "invalid_request_error", "invalid_image", err.Error())
			return
		}
		sell(k, w, r, g, files)
	}))
	return mux
}

func keyed(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+sandbox.Key {
			refuse(w, 401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided.")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		h(w, r)
	}
}

func refuse(w http.ResponseWriter, status int, kind, code, message string) {
	var p problem
	p.Error.Type, p.Error.Code, p.Error.Message = kind, code, message
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(p)
}

// sell checks a request, takes the money and draws.
func sell(k *sandbox.Kit, w http.ResponseWriter, r *http.Request, g Generation, files int) {
	o := k.Order(r, g.Prompt)
	switch width, height, ok := ParseSize(g.Size); {
	case g.Prompt == "" || g.Model == "":
		refuse(w, 400, "invalid_request_error", "missing_required_parameter", "prompt and model are required.")
	case g.Size != "" && g.Size != "auto" && !ok || ok && GenOf(g.Model) >= Gen2 && SizeFault(width, height) != "":
		refuse(w, 400, "invalid_request_error", "invalid_value", "Invalid size.")
	case o.Has("400"):
		refuse(w, 400, "invalid_request_error", "invalid_value", "The sandbox was asked for a 400.")
	case o.Has("401"):
		refuse(w, 401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: sand****.")
	case o.Has("402"):
		refuse(w, 429, "insufficient_quota", "credit_balance_exhausted", "You exceeded your current quota.")
	case o.Has("refuse"):
		refuse(w, 400, "image_generation_user_error", "moderation_blocked", "Your request was rejected by the safety system. safety_violations=[violence].")
	case o.Again("429"):
		w.Header().Set("Retry-After", "1")
		refuse(w, 429, "rate_limit_exceeded", "rate_limit_exceeded", "Rate limit reached.")
	case o.Again("503"):
		refuse(w, 503, "service_unavailable_error", "server_is_overloaded", "The server is overloaded.")
	default:
		o.Buy()
		o.Work(r, 150*time.Millisecond)
		body, err := paint(o, g, files)
		if err != nil {
			refuse(w, 500, "server_error", "server_error", "The picture could not be drawn.")
			return
		}
		o.Answer(w, http.StatusOK, body)
	}
}

// outTokens is what a 1024x1024 picture costs in output tokens, from the list
// prices of 2.5 at $30 a million.
var outTokens = map[string]int{"low": 200, "medium": 433, "high": 1767, "xhigh": 3133, "max": 7033}

func paint(o *sandbox.Order, g Generation, files int) ([]byte, error) {
	width, height, ok := ParseSize(g.Size)
	if !ok {
		width, height, g.Size = 1024, 1024, "1024x1024"
	}
	if outTokens[g.Quality] == 0 {
		g.Quality = "medium"
	}
	if g.OutputFormat == "" {
		g.OutputFormat = "png"
	}
	seed := fnv.New64a()
	_, _ = io.WriteString(seed, g.Prompt)
	var data []map[string]string
	for i := range max(1, g.N) {
		spec := picture.Spec{Prompt: g.Prompt, Seed: seed.Sum64() + uint64(i), Width: width, Height: height, Transparent: g.Background == "transparent"}
		bytes, err := render(o, spec, g)
		if err != nil {
			return nil, err
		}
		text := base64.StdEncoding.EncodeToString(bytes)
		if o.Has("badbase64") {
			text = text[:len(text)/2] + "*!*!" + text[len(text)/2+4:]
		}
		data = append(data, map[string]string{"b64_json": text})
	}
	out := len(data) * outTokens[g.Quality] * width * height / (1024 * 1024)
	in := len(g.Prompt)/4 + 1
	return json.Marshal(map[string]any{
		"created": time.Now().Unix(), "background": "opaque", "output_format": g.OutputFormat, "quality": g.Quality, "size": g.Size, "data": data,
		"usage": map[string]any{
			"input_tokens": in + 300*files, "output_tokens": out, "total_tokens": in + 300*files + out,
			"input_tokens_details":  map[string]int{"text_tokens": in, "image_tokens": 300 * files},
			"output_tokens_details": map[string]int{"image_tokens": out, "text_tokens": 0},
		},
	})
}

func render(o *sandbox.Order, s picture.Spec, g Generation) ([]byte, error) {
	switch g.OutputFormat {
	case "svg":
		hue := s.Seed % 360
		return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 100 100"><rect width="100" height="100" fill="hsl(%d 60%% 85%%)"/><circle cx="70" cy="30" r="12" fill="#fc6"/><path d="M0 80 Q25 50 50 75 T100 65 V100 H0Z" fill="hsl(%d 45%% 45%%)"/></svg>`, s.Width, s.Height, hue, hue), nil
	case "gif":
		return animate(s, g.GIF)
	}
	quality := 0
	if g.OutputCompression != nil {
		quality = max(1, *g.OutputCompression)
	}
	return o.Picture(s, g.OutputFormat, quality)
}

// animate draws each frame with a seed of its own.
func animate(s picture.Spec, opt *GIF) ([]byte, error) {
	count, pause := 9, 200
	if opt != nil && opt.FrameCount > 0 {
		count = opt.FrameCount
	}
	if opt != nil && opt.FrameDurationMS > 0 {
		pause = opt.FrameDurationMS
	}
	var g gif.GIF
	for i := range count {
		s.Seed += uint64(i)
		frame := image.NewPaletted(image.Rect(0, 0, s.Width, s.Height), palette.Plan9)
		draw.Draw(frame, frame.Bounds(), picture.Draw(s), image.Point{}, draw.Src)
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, pause/10)
	}
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &g)
	return b.Bytes(), err
}

// readForm reads the fields of an edit and looks at its files.
func readForm(r *http.Request) (g Generation, files int, err error) {
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return g, 0, fmt.Errorf("expected multipart/form-data")
	}
	parts := multipart.NewReader(r.Body, params["boundary"])
	for {
		p, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return g, 0, fmt.Errorf("the form is broken")
		}
		if p.FileName() != "" {
			if _, _, err := image.DecodeConfig(p); err != nil {
				return g, 0, fmt.Errorf("%s is no picture", p.FormName())
			}
			_, _ = io.Copy(io.Discard, p)
			files++
			continue
		}
		text, _ := io.ReadAll(io.LimitReader(p, 1<<20))
		setField(&g, p.FormName(), string(text))
	}
	if files == 0 {
		return g, 0, fmt.Errorf("image is required")
	}
	return g, files, nil
}

func setField(g *Generation, name, text string) {
	value, err := json.Marshal(text)
	if _, bad := strconv.Atoi(text); bad == nil && name != "user" && name != "prompt" {
		value, err = []byte(text), nil
	}
	if err == nil {
		_ = json.Unmarshal([]byte(`{"`+name+`":`+string(value)+`}`), g) // an unknown field is ignored, as in the form
	}
}
