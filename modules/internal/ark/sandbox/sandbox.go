package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"aigc/app/sandbox"
	"aigc/modules/internal/ark"
)

// endpointModel is the model behind every endpoint id (ep-…).
const endpointModel = "doubao-seedream-4-0-250828"

// New makes an imitation that serves these models, by their ids on either site.
func New(models ...string) sandbox.Imitation {
	return sandbox.Imitation{Vendor: ark.Vendor(), Handler: func(k *sandbox.Kit) http.Handler {
		s := server{k, models}
		mux := http.NewServeMux()
		mux.HandleFunc("POST /api/v3/images/generations", s.generate)
		mux.HandleFunc("GET /results/{name}", k.Results(24*time.Hour))
		mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			apiError{http.StatusNotFound, "NotFound", "", fmt.Sprintf("There is nothing at %s %s.", r.Method, r.URL.Path)}.send(w)
		})
		return mux
	}}
}

type server struct {
	*sandbox.Kit
	models []string
}

// model resolves an id, an alias dola-… or an endpoint id; empty if it is unknown.
func (s server) model(name string) string {
	if strings.HasPrefix(name, "ep-") {
		return endpointModel
	}
	same := func(id string) bool {
		return id == name || baseID(id) == baseID(name) && strings.HasPrefix(name, "dola-")
	}
	if slices.ContainsFunc(s.models, same) {
		return name
	}
	return ""
}

// baseID is a model id without the prefix of a site.
func baseID(model string) string {
	return strings.TrimPrefix(strings.TrimPrefix(model, "doubao-"), "dola-")
}

// apiError is an error in the vendor's format.
type apiError struct {
	status               int
	code, param, message string
}

func invalid(param, format string, args ...any) *apiError {
	return &apiError{http.StatusBadRequest, "InvalidParameter", param, fmt.Sprintf(format, args...)}
}

// faultErrors are the errors for directives that are answered before a purchase is
// recorded.
var faultErrors = map[string]apiError{
	"400":           {400, "InvalidParameter", "prompt", "The sandbox was asked for a 400."},
	"401":           {401, "AuthenticationError", "", "The API key or AK/SK in the request is missing or invalid."},
	"402":           {403, "AccountOverdueError", "", "The request failed because your account has an overdue balance."},
	"refuse":        {400, "InputTextSensitiveContentDetected.PolicyViolation", "prompt", "The request failed because the input text may contain sensitive information."},
	"refuse-output": {400, "OutputImageSensitiveContentDetected", "", "The request failed because the output image may contain sensitive information."},
	"429":           {429, "ModelAccountIpmRateLimitExceeded", "", "The request failed because the images per minute limit of the account for the model was reached."},
	"503":           {429, "ServerOverloaded", "", "The request failed because the service is overloaded; please try again later."},
}

func (d apiError) send(w http.ResponseWriter) {
	if d.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	sandbox.Reply(w, d.status, map[string]any{"error": map[string]any{
		"code": d.code, "message": d.message + " Request id: " + w.Header().Get("X-Request-Id"), "param": d.param,
		"type": strings.ReplaceAll(http.StatusText(d.status), " ", ""),
	}})
}

// generate checks a request, records the purchase and answers with the results.
func (s server) generate(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Request-Id", "0217"+sandbox.NewID())
	if r.Header.Get("Authorization") != "Bearer "+sandbox.Key {
		faultErrors["401"].send(w)
		return
	}
	b, err := sandbox.ReadJSON(r)
	if err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		invalid("", "The body must be a JSON object.").send(w)
		return
	}
	if bad := s.check(b); bad != nil {
		bad.send(w)
		return
	}
	o := s.Request(r, b.Text("prompt"))
	ask := []string{"400", "401", "402", "refuse", "429", "503"}
	if b.Text("sequential_image_generation") != "auto" { // of a series only one image is refused
		ask = append(ask, "refuse-output")
	}
	if name := o.Ordered(ask...); name != "" {
		faultErrors[name].send(w)
		return
	}
	o.RecordPurchase()
	o.Delay(r, 200*time.Millisecond)
	s.answer(w, r, o, b)
}
