package openai

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"aigc/app/sandbox"
)

// drawTime is how long a picture takes in the sandbox.
const drawTime = 150 * time.Millisecond

// Sandbox is the vendor's imitation.
func Sandbox() sandbox.Imitation { return sandbox.Imitation{Vendor: Vendor(), Handler: imitate} }

// imitate answers as OpenAI does.
func imitate(k *sandbox.Kit) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", keyed(func(w http.ResponseWriter, _ *http.Request) {
		list := []listed{}
		for _, id := range imitated {
			list = append(list, listed{ID: id, Object: "model", OwnedBy: "system"})
		}
		reply(w, map[string]any{"object": "list", "data": list})
	}))
	mux.HandleFunc("POST /v1/images/generations", keyed(func(w http.ResponseWriter, r *http.Request) {
		g, no := readJSON(r)
		sell(k, w, r, g, nil, no)
	}))
	mux.HandleFunc("POST /v1/images/edits", keyed(func(w http.ResponseWriter, r *http.Request) {
		g, files, no := readForm(r)
		sell(k, w, r, g, files, no)
	}))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		invalid("", "", fmt.Sprintf("Invalid URL (%s %s)", r.Method, r.URL.Path)).as(http.StatusNotFound).send(w)
	})
	return mux
}

// imitated are the models that are live on 2026-11-23.
var imitated = []string{
	"gpt-image-1-mini", "gpt-image-1.5", "gpt-image-1.5-2025-12-16", "chatgpt-image-latest",
	"gpt-image-2", "gpt-image-2-2026-04-21",
	"gpt-image-2.5-sunburst", "gpt-image-2.5-sunburst-2026-09-08", "gpt-image-2.5-flare", "gpt-image-2.5-flare-2026-09-08",
	"gpt-image-2.6-sunburst", "gpt-image-2.6-flare",
}

type listed struct {
	ID       string  `json:"id"`
	Object   string  `json:"object"`
	OwnedBy  string  `json:"owned_by"`
	Shutdown *string `json:"shutdown_date"`
}

func keyed(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+sandbox.Key {
			badKey.send(w)
			return
		}
		w.Header().Set("X-Request-Id", "req_"+sandbox.NewID())
		h(w, r)
	}
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// no is an answer in the shape of the vendor's errors.
type no struct {
	status      int
	kind        string
	code, param string
	message     string
	details     *moderation
}

var (
	badKey     = &no{status: 401, kind: "invalid_request_error", code: "invalid_api_key", message: "Incorrect API key provided: sand***. You can find your API key at https://platform.openai.com/account/api-keys."}
	empty      = &no{status: 429, kind: "insufficient_quota", code: "credit_balance_exhausted", message: "You exceeded your current quota, please check your plan and billing details."}
	throttled  = &no{status: 429, kind: "rate_limit_exceeded", code: "rate_limit_exceeded", message: "Rate limit reached for images per minute."}
	overloaded = &no{status: 503, kind: "service_unavailable_error", code: "server_is_overloaded", message: "The server is overloaded. Please try again later."}
	broken     = &no{status: 500, kind: "server_error", code: "server_error", message: "The server had an error while processing your request."}
	moderated  = &no{
		status: 400, kind: "image_generation_user_error", code: "moderation_blocked",
		message: "Your request was rejected by the safety system. safety_violations=[violence].",
		details: &moderation{Stage: "input", Categories: []string{"violence"}},
	}
	moderatedLate = &no{
		status: 400, kind: "image_generation_user_error", code: "moderation_blocked",
		message: "The generated image was rejected by the safety system. safety_violations=[violence].",
		details: &moderation{Stage: "output", Categories: []string{"violence"}},
	}
)

// invalid is a 400 about one parameter.
func invalid(param, code, message string) *no {
	return &no{status: http.StatusBadRequest, kind: "invalid_request_error", code: code, param: param, message: message}
}

func (n no) as(status int) *no { n.status = status; return &n }

func (n *no) send(w http.ResponseWriter) {
	var p problem
	p.Error.Type, p.Error.Message, p.Error.Details = n.kind, n.message, n.details
	if n.code != "" {
		p.Error.Code = &n.code
	}
	if n.param != "" {
		p.Error.Param = &n.param
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(n.status)
	_ = json.NewEncoder(w).Encode(p)
}

func readJSON(r *http.Request) (g imageRequest, bad *no) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return g, invalid("", "", "Unsupported content type: send application/json.")
	}
	d := json.NewDecoder(io.LimitReader(r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(&g); err != nil {
		return g, invalid("", "unknown_parameter", "The body is no JSON object of known parameters: "+err.Error())
	}
	return g, nil
}

// sell checks a request, takes the money and draws.
func sell(k *sandbox.Kit, w http.ResponseWriter, r *http.Request, g imageRequest, files []file, bad *no) {
	o := k.Order(r, g.Prompt)
	if bad == nil {
		bad = g.complaint()
	}
	switch {
	case bad != nil:
	case o.Has("400"):
		bad = invalid("prompt", "invalid_value", "The sandbox was asked for a 400.")
	case o.Has("401"):
		bad = badKey
	case o.Has("402"):
		bad = empty
	case o.Has("refuse"):
		bad = moderated
	case o.Again("429"):
		w.Header().Set("Retry-After", "1")
		bad = throttled
	case o.Again("503"):
		bad = overloaded
	}
	if bad != nil {
		bad.send(w)
		return
	}
	o.Buy()
	o.Work(r, drawTime)
	body, err := paint(o, g, len(files))
	switch {
	case err != nil:
		broken.send(w)
	case o.Has("refuse-output"):
		moderatedLate.send(w)
	default:
		o.Answer(w, http.StatusOK, body)
	}
}
