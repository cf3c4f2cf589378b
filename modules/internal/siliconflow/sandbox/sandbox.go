package sandbox

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
	"aigc/modules/internal/siliconflow"
)

// New makes an imitation that serves these models, of both sites.
func New(models ...string) sandbox.Imitation {
	return sandbox.Imitation{Vendor: siliconflow.Vendor(), Handler: func(k *sandbox.Kit) http.Handler {
		api := http.NewServeMux()
		api.HandleFunc("POST /v1/images/generations", func(w http.ResponseWriter, r *http.Request) { generate(k, w, r, models) })
		api.HandleFunc("GET /v1/user/info", func(w http.ResponseWriter, _ *http.Request) { sandbox.Reply(w, http.StatusOK, map[string]any{}) })
		api.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { faults["404"].send(w) })
		mux := http.NewServeMux()
		mux.HandleFunc("GET /results/{name}", k.Results(time.Hour))
		mux.Handle("/", sandbox.Bearer(sandbox.Key, func(w http.ResponseWriter, _ *http.Request) { faults["401"].send(w) }, api))
		return mux
	}}
}

// apiError is an error. Most bodies are a JSON string.
type apiError struct {
	status int
	body   any
}

// faults are the errors, by directive where there is one.
var faults = map[string]apiError{
	"model":  {400, map[string]any{"code": 20012, "message": "Model does not exist. Please check it carefully.", "data": nil}},
	"400":    {400, "The parameter is invalid."},
	"refuse": {400, "The prompt contains sensitive or prohibited content."},
	"401":    {401, "Invalid token"},
	"402":    {403, "Sorry, your account balance is insufficient"},
	"404":    {404, "404 page not found"},
	"429":    {429, "Request was rejected due to rate limiting. Details: IPM limit reached."},
}

func (e apiError) send(w http.ResponseWriter) {
	if e.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	sandbox.Reply(w, e.status, e.body)
}

// generate checks a request, records the purchase and answers with the results.
func generate(k *sandbox.Kit, w http.ResponseWriter, r *http.Request, models []string) {
	w.Header().Set("X-Siliconcloud-Trace-Id", "ti_"+sandbox.NewID())
	b, err := sandbox.ReadJSON(r)
	if err != nil {
		faults["400"].send(w)
		return
	}
	if model := b.Text("model"); model != "" && !slices.Contains(models, model) {
		faults["model"].send(w)
		return
	}
	if text := problem(b); text != "" {
		apiError{http.StatusBadRequest, text}.send(w)
		return
	}
	o := k.Request(r, b.Text("prompt"))
	if name := o.Ordered("400", "401", "402", "refuse", "429"); name != "" {
		faults[name].send(w)
		return
	}
	o.RecordPurchase()
	o.Delay(r, 200*time.Millisecond)
	answer(k, w, r, o, b)
}

// answer offers the images of a purchase under both names, with one seed.
func answer(k *sandbox.Kit, w http.ResponseWriter, r *http.Request, o *sandbox.Request, b sandbox.Body) {
	seed := rand.N(int64(10_000_000_000))
	if n, ok := b["seed"].(json.Number); ok {
		seed, _ = n.Int64() // is in range
	}
	width, height := dimensions(b)
	images := []map[string]string{}
	for i := range max(1, b.Int("batch_size")) {
		d := sandbox.Drawing{
			Spec:   picture.Spec{Prompt: b.Text("prompt"), Seed: uint64(seed) + uint64(i), Width: width, Height: height}, //nolint:gosec // not negative
			Format: b.Or("output_format", "png"),
		}
		url, err := k.Offer(r, o, b.Text("model"), b.Text("prompt"), d)
		if err != nil {
			sandbox.Reply(w, http.StatusInternalServerError, "Internal error")
			return
		}
		images = append(images, map[string]string{"url": url})
	}
	body, _ := json.Marshal(map[string]any{ // plain values
		"images": images, "data": images, "timings": map[string]float64{"inference": 0.2}, "seed": seed, "created": time.Now().Unix(),
	})
	o.Answer(w, http.StatusOK, body)
}

// dimensions are those of image_size, else of the image to edit, else, since the
// sandbox fetches no URLs, those of a square.
func dimensions(b sandbox.Body) (w, h int) {
	if w, h, ok := provider.ParseSize(b.Text("image_size")); ok {
		return w, h
	}
	if p, ok := sandbox.ReadPicture(b.Text("image")); ok {
		return p.Width, p.Height
	}
	return 1024, 1024
}
