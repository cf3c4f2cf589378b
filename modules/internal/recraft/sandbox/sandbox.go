package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
	"aigc/modules/internal/recraft"
)

// New imitates Recraft with the models of these ids.
func New(models ...string) sandbox.Imitation {
	return sandbox.Imitation{Vendor: recraft.Vendor(), Handler: func(k *sandbox.Kit) http.Handler {
		s := server{k, models}
		api := http.NewServeMux()
		api.HandleFunc("GET /v1/users/me", func(w http.ResponseWriter, _ *http.Request) {
			sandbox.Reply(w, http.StatusOK, map[string]any{"id": sandbox.NewID(), "email": "sandbox@example.com", "name": "Sandbox", "credits": 100_000})
		})
		api.HandleFunc("POST /v1/images/generations", s.handler(true, sizeField))
		api.HandleFunc("POST /v1/images/imageToImage", s.handler(false, imageField, strengthField))
		api.HandleFunc("POST /v1/images/inpaint", s.handler(false, imageField, maskField))
		api.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "404 page not found", http.StatusNotFound) })
		mux := http.NewServeMux()
		mux.Handle("/", sandbox.Bearer(sandbox.Key, unauthorized, api))
		mux.HandleFunc("GET /results/{name}", k.Results(24*time.Hour))
		return mux
	}}
}

func unauthorized(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "request unauthorized", http.StatusUnauthorized)
}

type server struct {
	*sandbox.Kit
	models []string
}

// handler serves an endpoint that has further fields.
func (s server) handler(fromText bool, further ...sandbox.Field) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, err := sandbox.ReadJSON(r)
		if err != nil {
			invalid(w, err.Error())
			return
		}
		if message := s.check(b, fromText, further); message != "" {
			invalid(w, message)
			return
		}
		o := s.Request(r, b.Text("prompt"))
		switch o.Ordered("400", "401", "402", "refuse", "429") {
		case "400":
			invalid(w, "The sandbox was asked for a 400.")
		case "401":
			unauthorized(w, r)
		case "402":
			http.Error(w, "not enough API units", http.StatusPaymentRequired)
		case "refuse":
			invalid(w, "The prompt was rejected by content moderation.")
		case "429":
			w.Header().Set("Retry-After", "1")
			http.Error(w, "too many requests", http.StatusTooManyRequests)
		default:
			o.RecordPurchase()
			o.Delay(r, 150*time.Millisecond)
			s.answer(w, r, o, b, fromText)
		}
	}
}

// invalid sends a 400 in JSON.
func invalid(w http.ResponseWriter, message string) {
	sandbox.Reply(w, http.StatusBadRequest, map[string]string{"code": "invalid_request", "message": message})
}

// check is the message of the first fault of a request; empty if it has none.
func (s server) check(b sandbox.Body, fromText bool, further []sandbox.Field) string {
	model := b.Text("model")
	if problems := b.Problems(append(s.fields(model), further...), model); len(problems) > 0 {
		return problems[0].Field + " " + problems[0].Text
	}
	references, custom := b.Texts("style_reference_urls"), b.Has("style_id") || b.Has("style_reference_urls")
	styles, flash, vector := strings.Contains(model, "_styles"), strings.HasSuffix(model, "_flash"), strings.Contains(model, "_vector")
	_, _, sized := sizeOf(model, b.Text("size"))
	for _, rule := range []struct {
		broken  bool
		message string
	}{
		{b.Has("size") && !sized, "size is not supported by the model"},
		{flash && (!fromText || custom), "the model makes images from text only, without styles"},
		{b.Has("strength") && strings.HasPrefix(model, "recraftv2"), "the model does not support imageToImage"},
		{b.Has("style_id") && b.Has("style"), "style_id and style exclude each other"},
		{styles && !custom, "the model needs style_id or style references"},
		{!styles && custom && strings.HasPrefix(model, "recraftv4"), "the model does not support styles"},
		{b.Has("style_match") && !custom, "style_match needs a custom style"},
		{b.Has("image_format") && vector, "image_format is for raster models"},
	} {
		if rule.broken {
			return rule.message
		}
	}
	for _, text := range append(references, b.Text("image_url"), b.Text("mask_url")) {
		if m := checkImage(text); text != "" && m != "" {
			return "image" + m
		}
	}
	image, _ := sandbox.ReadPicture(b.Text("image_url"))
	if mask, ok := sandbox.ReadPicture(b.Text("mask_url")); ok && (mask.Width != image.Width || mask.Height != image.Height) {
		return "mask and image must have the same dimensions"
	}
	return checkStyle(model, b.Text("style"), b.Text("substyle"))
}

// answer draws the images of a purchase and sends the answer.
func (s server) answer(w http.ResponseWriter, r *http.Request, o *sandbox.Request, b sandbox.Body, fromText bool) {
	model, prompt := b.Text("model"), b.Text("prompt")
	d := sandbox.Drawing{Format: b.Or("image_format", "webp"), Spec: picture.Spec{Prompt: prompt, Seed: sandbox.Seed(prompt)}}
	if strings.Contains(model, "_vector") {
		d.Format = "svg"
	}
	if b.Has("random_seed") {
		d.Seed = uint64(b.Number("random_seed"))
	}
	d.Width, d.Height, _ = sizeOf(model, b.Or("size", "1024x1024"))
	if p, ok := sandbox.ReadPicture(b.Text("image_url")); ok {
		d.Width, d.Height = p.Width, p.Height
	}
	var data []map[string]any
	n := max(1, b.Int("n"))
	for range n {
		item := map[string]any{"image_id": sandbox.NewID()}
		if b.Text("response_format") == "b64_json" {
			file, err := o.Draw(d)
			if err != nil {
				sandbox.DropConnection(w)
				return
			}
			item["b64_json"] = o.Base64(file)
		} else {
			url, err := s.Offer(r, o, model, prompt, d)
			if err != nil {
				sandbox.DropConnection(w)
				return
			}
			item["url"] = url
		}
		if b.Flag("calculate_features") {
			item["features"] = map[string]float64{"nsfw_score": 0.01}
		}
		data = append(data, item)
		d.Seed++
	}
	reply := map[string]any{"created": time.Now().Unix(), "credits": n * units(model, fromText), "data": data}
	if b.Has("style_reference_urls") {
		reply["style_id"] = sandbox.NewID()
	}
	body, err := json.Marshal(reply)
	if err != nil {
		panic(fmt.Sprintf("sandbox: %v", err)) // plain values
	}
	o.Answer(w, http.StatusOK, body)
}

// units is the price of an image in API units, by the vendor's list; the sandbox takes
// 40 where the list has no price.
func units(model string, fromText bool) int {
	prices := map[string]int{
		"recraftv4_1": 35, "recraftv4_1_pro": 210, "recraftv4_1_pro_vector": 300, "recraftv4_1_flash": 7,
		"recraftv4_pro": 250, "recraftv4_pro_vector": 300, "recraftv2": 22, "recraftv2_vector": 44,
	}
	switch price, listed := prices[model]; {
	case fromText && listed:
		return price
	case strings.Contains(model, "_vector"):
		return 80
	}
	return 40
}
