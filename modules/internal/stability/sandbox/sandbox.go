package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
	"aigc/modules/internal/stability"
)

// drawTime is the duration of a request, maxRequest the limit of one in bytes.
const (
	drawTime   = 150 * time.Millisecond
	maxRequest = 10 << 20
)

// New imitates Stability AI with the models of these ids.
func New(models ...string) sandbox.Imitation {
	return sandbox.Imitation{Vendor: stability.Vendor(), Handler: func(k *sandbox.Kit) http.Handler {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /v1/user/balance", func(w http.ResponseWriter, _ *http.Request) {
			sandbox.Reply(w, http.StatusOK, map[string]float64{"credits": 12.3})
		})
		for path, e := range endpoints(models) {
			mux.HandleFunc("POST /v2beta/stable-image/generate/"+path, func(w http.ResponseWriter, r *http.Request) { generate(k, w, r, e) })
		}
		mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			refuse(w, http.StatusNotFound, "not_found", "no such path: "+r.Method+" "+r.URL.Path)
		})
		return sandbox.Bearer(sandbox.Key, func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusUnauthorized, "unauthorized", "authorization: invalid or missing header value")
		}, mux)
	}}
}

// generate refuses a request, or records the purchase and answers with an image.
func generate(k *sandbox.Kit, w http.ResponseWriter, r *http.Request, e endpoint) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	body, files, err := sandbox.ReadForm(r, e.fields)
	accept := r.Header.Get("Accept")
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		refuse(w, http.StatusRequestEntityTooLarge, "payload_too_large", "body: is larger than 10 MiB")
		return
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "bad_request", "content-type: must be multipart/form-data: "+err.Error())
		return
	}
	if accept != "image/*" && accept != "application/json" {
		refuse(w, http.StatusBadRequest, "bad_request", "accept: must be image/* or application/json")
		return
	}
	if why := e.problem(body, files); why != "" {
		refuse(w, http.StatusBadRequest, "bad_request", why)
		return
	}
	o := k.Request(r, body.Text("prompt"))
	if f, ordered := faults[o.Ordered("400", "401", "402", "refuse", "429")]; ordered {
		if f.status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "1")
		}
		refuse(w, f.status, f.name, f.message)
		return
	}
	o.RecordPurchase()
	o.Delay(r, drawTime)
	e.answer(o, w, body, files, accept)
}

// faults are the errors for directives that are answered before a purchase is recorded.
var faults = map[string]struct {
	status        int
	name, message string
}{
	"400":    {400, "bad_request", "prompt: as the prompt asks"},
	"401":    {401, "unauthorized", "authorization: invalid or missing header value"},
	"402":    {402, "payment_required", "You lack sufficient credits to make this request."},
	"refuse": {403, "content_moderation", "Your request was flagged by our content moderation system."},
	"429":    {429, "rate_limit_exceeded", "You have exceeded the rate limit of 150 requests within 10 seconds."},
}

// refuse answers in the shape of the vendor's errors.
func refuse(w http.ResponseWriter, status int, name, message string) {
	sandbox.Reply(w, status, map[string]any{"id": sandbox.NewID(), "name": name, "errors": []string{message}})
}

// answer draws the image, and sends it itself or as JSON.
func (e endpoint) answer(o *sandbox.Request, w http.ResponseWriter, b sandbox.Body, files []sandbox.File, accept string) {
	s := picture.Spec{Prompt: b.Text("prompt"), Seed: uint64(b.Int("seed"))}
	if s.Seed == 0 {
		s.Seed = sandbox.Seed(s.Prompt) % 4294967295
	}
	ratio, _ := provider.ParseRatio(b.Or("aspect_ratio", "1:1"))
	if b.Text("mode") == "image-to-image" {
		input, _ := files[0].Picture()
		ratio = float64(input.Width) / float64(input.Height)
	}
	s.Width, s.Height = provider.Sides(ratio, e.area, 64, picture.MaxSide)
	format := b.Or("output_format", "png")
	file, err := o.Picture(s, format, 0)
	if err != nil {
		sandbox.DropConnection(w)
		return
	}
	reason := "SUCCESS"
	if o.Has("refuse-output") {
		reason = "CONTENT_FILTERED"
	}
	w.Header().Set("X-Request-Id", sandbox.NewID())
	if accept == "image/*" {
		w.Header().Set("Finish-Reason", reason)
		w.Header().Set("Seed", strconv.FormatUint(s.Seed, 10))
		o.AnswerFile(w, "image/"+format, file)
		return
	}
	out, _ := json.Marshal(map[string]any{"image": o.Base64(file), "finish_reason": reason, "seed": s.Seed}) // plain values
	w.Header().Set("Content-Type", "application/json; type=image/"+format)
	o.Answer(w, http.StatusOK, out)
}
