package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"aigc/app/sandbox"
	"aigc/modules/internal/minimax"
)

// New makes an imitation that serves these models.
func New(models ...string) sandbox.Imitation {
	return sandbox.Imitation{Vendor: minimax.Vendor(), Handler: func(k *sandbox.Kit) http.Handler {
		mux := http.NewServeMux()
		for path, e := range map[string]endpoint{
			"image_generation":   {imageFields, imageProblem, false},
			"images/generations": {h3Fields, h3Problem, true},
			"images/edits":       {editFields, h3Problem, true},
		} {
			mux.HandleFunc("POST /v1/"+path, func(w http.ResponseWriter, r *http.Request) { generate(k, w, r, e, models) })
		}
		mux.HandleFunc("GET /results/{name}", k.Results(24*time.Hour))
		return mux
	}}
}

// endpoint is a path with its fields, and a check of what these cannot express.
type endpoint struct {
	fields  []sandbox.Field
	problem func(sandbox.Body) string
	h3      bool
}

// apiError is an error: its code in base_resp, and its status and type at H3.
type apiError struct {
	code, status  int
	kind, message string
}

// send writes an error: of image-01 with status 200.
func (e endpoint) send(w http.ResponseWriter, p apiError) {
	if p.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	if e.h3 {
		sandbox.Reply(w, p.status, map[string]any{"error": map[string]any{"message": p.message, "type": p.kind}})
		return
	}
	sandbox.Reply(w, http.StatusOK, map[string]any{"data": nil, "base_resp": map[string]any{"status_code": p.code, "status_msg": p.message}})
}

// faultErrors are the errors for directives; all but refuse-output are answered
// before a purchase is recorded.
var faultErrors = map[string]apiError{
	"400":           {2013, 400, "bad_request_error", "invalid params, the sandbox was asked for a 400"},
	"401":           {1004, 401, "authorized_error", "login fail: the API secret key is wrong"},
	"402":           {1008, 402, "insufficient_balance_error", "insufficient balance"},
	"429":           {1002, 429, "rate_limit_error", "rate limit exceeded(RPM)"},
	"refuse":        {1026, 422, "unprocessable_entity_error", "input new_sensitive"},
	"refuse-output": {1027, 0, "", "output new_sensitive"}, // not documented for H3
}

// problemOf says what is wrong with a request; empty if it is valid.
func (e endpoint) problemOf(b sandbox.Body, models []string) string {
	model := b.Text("model")
	if problems := b.Problems(e.fields, model); len(problems) > 0 {
		return problems[0].Field + " " + problems[0].Text
	}
	if !slices.Contains(models, model) || strings.HasPrefix(model, "MiniMax-H3-Image") != e.h3 {
		return "unknown model"
	}
	return e.problem(b)
}

// generate refuses a request, or records the purchase and answers with images.
func generate(k *sandbox.Kit, w http.ResponseWriter, r *http.Request, e endpoint, models []string) {
	w.Header().Set("Trace-Id", sandbox.NewID())
	body, _ := sandbox.ReadJSON(r) // without one the model is missing
	o := k.Request(r, body.Text("prompt"))
	if r.Header.Get("Authorization") != "Bearer "+sandbox.Key {
		e.send(w, faultErrors["401"])
	} else if text := e.problemOf(body, models); text != "" {
		e.send(w, apiError{2013, 400, "bad_request_error", "invalid params, " + text})
	} else if name := o.Ordered("400", "401", "402", "refuse", "429"); name != "" {
		e.send(w, faultErrors[name])
	} else {
		o.RecordPurchase()
		o.Delay(r, 150*time.Millisecond)
		e.answer(k, w, r, o, body)
	}
}
