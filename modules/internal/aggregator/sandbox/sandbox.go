package sandbox

import (
	"net/http"
	"path"
	"slices"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/modules/internal/aggregator"
)

// The hosts, each below the path of its name.
const (
	newAPI   = "newapi"
	evoLink  = "evolink"
	qiniu    = "qiniu"
	chatfire = "chatfire"
)

// dialects are the video dialect of each host, as in IMAGES_API_VIDEO.
var dialects = map[string]string{newAPI: "video_generations", evoLink: "videos_generations", qiniu: "videos", chatfire: "chatfire"}

// New imitates hosts that serve the models of these ids.
func New(models ...string) sandbox.Imitation {
	return sandbox.Imitation{
		Vendor: aggregator.Vendor(), Hosts: []string{newAPI, evoLink, qiniu, chatfire},
		Handler: func(k *sandbox.Kit) http.Handler {
			mux := http.NewServeMux()
			for name := range dialects {
				h := host{k, name, models}
				mux.Handle("/"+name+"/", http.StripPrefix("/"+name, sandbox.Bearer(sandbox.Key, func(w http.ResponseWriter, _ *http.Request) { badKey.send(w) }, h.routes())))
			}
			results := k.Results(resultLife)
			mux.HandleFunc("GET /results/{name}", func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "" { // a key must not reach the host of results
					http.Error(w, "Only one auth mechanism allowed.", http.StatusBadRequest)
					return
				}
				results(w, r)
			})
			return mux
		},
		Complete: func(a *provider.Account) { a.Attrs = map[string]string{"video": dialects[path.Base(a.BaseURL)]} },
	}
}

// host is one of the hosts.
type host struct {
	kit    *sandbox.Kit
	name   string
	models []string
}

func (h host) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", h.list)
	mux.HandleFunc("POST /v1/images/generations", h.generations)
	mux.HandleFunc("POST /v1/images/edits", h.edits)
	switch h.name {
	case newAPI:
		mux.HandleFunc("POST /v1/video/generations", h.video)
		mux.HandleFunc("GET /v1/video/generations/{id}", h.wrapped)
	case evoLink:
		mux.HandleFunc("POST /v1/videos/generations", h.video)
		mux.HandleFunc("GET /v1/tasks/{id}", h.unified)
	case qiniu:
		mux.HandleFunc("GET /v1/images/tasks/{id}", h.imageTask)
		mux.HandleFunc("POST /v1/videos", h.video)
		mux.HandleFunc("GET /v1/videos/{id}", h.videoTask)
		mux.HandleFunc("GET /v1/videos/{id}/content", h.content)
	case chatfire:
		mux.HandleFunc("POST /veo/v1/videos/generations", h.video)
		mux.HandleFunc("GET /veo/v1/videos/generations", h.veoTask)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		apiError{http.StatusNotFound, "", "Invalid URL (" + r.Method + " " + r.URL.Path + ")"}.send(w)
	})
	return mux
}

func (h host) list(w http.ResponseWriter, _ *http.Request) {
	data := []map[string]any{}
	for _, id := range h.models {
		data = append(data, map[string]any{"id": id, "object": "model", "created": 1626777600, "owned_by": "custom", "supported_endpoint_types": []string{"image-generation"}})
	}
	sandbox.Reply(w, http.StatusOK, map[string]any{"object": "list", "success": true, "data": data})
}

// apiError is an error in the form of OpenAI, with the type of a new-api.
type apiError struct {
	status        int
	code, message string
}

func (e apiError) send(w http.ResponseWriter) {
	if e.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	sandbox.Reply(w, e.status, map[string]any{"error": map[string]string{"message": e.message, "type": "new_api_error", "param": "", "code": e.code}})
}

var badKey = apiError{http.StatusUnauthorized, "", "Invalid token (request id: 2026113000000000000)"}

// faultError is the error for a directive that is answered before a purchase is recorded.
func (h host) faultError(directive string) apiError {
	switch directive {
	case "400":
		return apiError{http.StatusBadRequest, "invalid_request", "The sandbox was asked for a 400."}
	case "402":
		if h.name == newAPI {
			return apiError{http.StatusForbidden, "insufficient_user_quota", "user quota is not enough"}
		}
		return apiError{http.StatusPaymentRequired, "insufficient_quota", "Insufficient credits"}
	case "429":
		return apiError{http.StatusTooManyRequests, "rate_limit_exceeded", "Too many requests"}
	case "refuse":
		return refusal
	}
	return badKey
}

var refusal = apiError{http.StatusBadRequest, "content_policy_violation", "The request was rejected by the content policy."}

// accept checks a request. It answers an invalid one and returns nil.
func (h host) accept(w http.ResponseWriter, r *http.Request, b sandbox.Body, fields []sandbox.Field, models []string) *sandbox.Request {
	o, model := h.kit.Request(r, b.Text("prompt")), b.Text("model")
	problem, wrong := sandbox.Find(b.Problems(fields, model), sandbox.Missing, sandbox.WrongKind, sandbox.NotListed, sandbox.OutOfRange, sandbox.NoImage, sandbox.NotSupported)
	_, unknown := sandbox.Find(b.Problems(fields, model), sandbox.Unknown)
	switch {
	case wrong:
		apiError{http.StatusBadRequest, "invalid_request", problem.Field + ": " + problem.Text}.send(w)
	case !slices.Contains(models, model):
		apiError{http.StatusServiceUnavailable, "model_not_found", "No available channel for model " + model + " under group default"}.send(w)
	case unknown && isOpenAI(model): // the relay passes it on, and OpenAI answers 400
		apiError{http.StatusBadRequest, "unknown_parameter", "Unknown parameter."}.send(w)
	default:
		if directive := o.Ordered("401", "402", "400", "429", "refuse"); directive != "" {
			h.faultError(directive).send(w)
			return nil
		}
		o.RecordPurchase()
		return o
	}
	return nil
}
