package sandbox

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"net/http"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
	"aigc/modules/internal/tokenhub"
)

// drawTime is the duration of a request.
const drawTime = 150 * time.Millisecond

// New makes an imitation of the endpoints for HunyuanImage 3.0 and 3.5 preview.
func New() sandbox.Imitation {
	return sandbox.Imitation{Vendor: tokenhub.Vendor(), Handler: func(k *sandbox.Kit) http.Handler {
		mux := http.NewServeMux()
		mux.Handle("POST /v1/wand/hunyuan-image/{endpoint}", sandbox.Bearer(sandbox.Key, faultErrors["401"].send, server{k}))
		mux.HandleFunc("GET /results/{name}", k.Results(12*time.Hour))
		return mux
	}}
}

type server struct{ *sandbox.Kit }

// apiError is an error of the vendor.
type apiError struct {
	status              int
	kind, code, message string
}

func (e apiError) body() map[string]any {
	return map[string]any{"error": map[string]any{"type": e.kind, "code": e.code, "message": e.message, "source": "gateway", "request_id": sandbox.NewID()}}
}

func (e apiError) send(w http.ResponseWriter, _ *http.Request) { sandbox.Reply(w, e.status, e.body()) }

// faultErrors are the errors for directives.
var faultErrors = map[string]apiError{
	"400":           {400, "invalid_request_error", "400001", "The sandbox was asked for a 400."},
	"401":           {401, "authentication_error", "401002", "invalid api key"},
	"402":           {402, "permission_error", "401007", "endpoint is inactive: FREE_QUOTA_EXHAUSTED"},
	"429":           {429, "rate_limit_error", "429001", "rate limit exceeded on dimension: rpm"},
	"refuse":        {451, "content_filter_error", "451001", "content was filtered by safety policy"},
	"refuse-output": {200, "invalid_request_error", "content_filter", "output moderation rejected"},
}

// ServeHTTP implements [http.Handler].
func (s server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e, found := endpoints[r.PathValue("endpoint")]
	b, err := sandbox.ReadJSON(r)
	if !found || err != nil {
		apiError{400, "invalid_request_error", "400001", "There is no such endpoint, or the body is no JSON object."}.send(w, r)
		return
	}
	prompt, _ := e.instruction(b)
	o := s.Request(r, prompt)
	if text := e.problem(b); text != "" {
		apiError{400, "invalid_request_error", "400001", text}.send(w, r)
		return
	}
	if bad, asked := faultErrors[o.Ordered("400", "401", "402", "refuse", "429")]; asked {
		w.Header().Set("Retry-After", "1")
		bad.send(w, r)
		return
	}
	o.RecordPurchase()
	o.Delay(r, drawTime)
	if o.Has("refuse-output") {
		faultErrors["refuse-output"].send(w, r)
		return
	}
	answer, _ := json.Marshal(s.draw(r, o, e, b, prompt)) // plain values
	o.Answer(w, http.StatusOK, answer)
}

// draw offers the image of a request, which is drawn when it is fetched, and returns the
// answer.
func (s server) draw(r *http.Request, o *sandbox.Request, e endpoint, b sandbox.Body, prompt string) map[string]any {
	d := sandbox.Drawing{Format: "png", Spec: picture.Spec{Prompt: prompt, Width: e.size, Height: e.size, Seed: uint64(b.Int("seed"))}}
	if w, h, ok := provider.ParseSize(b.Text("size")); ok {
		d.Width, d.Height = w, h
	} else if area := b.Int("generate_max_pixels"); area > 0 {
		d.Width = min(e.size, int(math.Sqrt(float64(area))))
		d.Height = d.Width
	}
	if d.Seed == 0 {
		d.Seed = rand.Uint64()
	}
	address, _ := s.Offer(r, o, e.model, prompt, d) // the URL of one that could not be stored answers 403
	out := map[string]any{"id": sandbox.NewID(), "created": time.Now().Unix()}
	if !e.chat {
		out["data"] = []map[string]any{{"url": address, "revised_prompt": prompt}}
		return out
	}
	image := map[string]any{"url": address, "width": d.Width, "height": d.Height}
	out["choices"] = []map[string]any{{"index": 0, "delta": map[string]any{"type": "image", "image": image}, "finish_reason": "stop"}}
	out["assembled_history"] = []map[string]any{{"role": "assistant", "content": []map[string]any{{"type": "image_url", "image_url": map[string]string{"url": address}}}}}
	return out
}
