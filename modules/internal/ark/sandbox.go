package ark

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"aigc/app/sandbox"
)

// drawTime is how long an answer takes in the sandbox.
const drawTime = 200 * time.Millisecond

// Sandbox is the vendor's imitation.
func Sandbox() sandbox.Imitation { return sandbox.Imitation{Vendor: Vendor(), Handler: imitate} }

// imitate answers as Ark does, on both of its sites.
func imitate(k *sandbox.Kit) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v3/images/generations", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "0217"+sandbox.NewID())
		if r.Header.Get("Authorization") != "Bearer "+sandbox.Key {
			badKey.send(w)
			return
		}
		req, bad := read(r)
		sell(k, w, r, req, bad)
	})
	mux.HandleFunc("GET /results/{name}", func(w http.ResponseWriter, r *http.Request) { deliver(k, w, r) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		(&no{http.StatusNotFound, "NotFound", fmt.Sprintf("There is nothing at %s %s.", r.Method, r.URL.Path), ""}).send(w)
	})
	return mux
}

// imitated are the models that are served on 2026-11-23, by Volcengine's
// names; BytePlus leaves out doubao-.
var imitated = []string{
	"doubao-seedream-4-0-250828", "doubao-seedream-4-5-251128",
	"doubao-seedream-5-0-260128", "doubao-seedream-5-0-lite-260128",
	"doubao-seedream-5-0-pro-260628", "doubao-seedream-5-0-flash-260915", "doubao-seedream-5-5-261028",
}

// endpoint is the model behind every endpoint id.
const endpoint = "doubao-seedream-4-0-250828"

// served is the model that a name means; empty if there is none.
func served(name string) string {
	if strings.HasPrefix(name, "ep-") {
		return endpoint
	}
	if slices.Contains(imitated, "doubao-"+strings.TrimPrefix(strings.TrimPrefix(name, "doubao-"), "dola-")) {
		return name
	}
	return ""
}

// no is an answer in the shape of the vendor's errors.
type no struct {
	status        int
	code, message string
	param         string
}

var (
	badKey     = &no{401, "AuthenticationError", "The API key or AK/SK in the request is missing or invalid.", ""}
	overdue    = &no{403, "AccountOverdueError", "The request failed because your account has an overdue balance.", ""}
	refused    = &no{400, "InputTextSensitiveContentDetected.PolicyViolation", "The request failed because the input text may contain sensitive information.", "prompt"}
	withheld   = &no{400, "OutputImageSensitiveContentDetected", "The request failed because the output image may contain sensitive information.", ""}
	throttled  = &no{429, "ModelAccountIpmRateLimitExceeded", "The request failed because the images per minute limit of the account for the model was reached.", ""}
	overloaded = &no{429, "ServerOverloaded", "The request failed because the service is overloaded; please try again later.", ""}
	broken     = &no{500, "InternalServiceError", "The service encountered an unexpected internal error.", ""}
)

func invalid(param, format string, args ...any) *no {
	return &no{http.StatusBadRequest, "InvalidParameter", fmt.Sprintf(format, args...), param}
}

func (n *no) problem(id string) *problem {
	return &problem{Code: n.code, Message: n.message + " Request id: " + id, Param: n.param, Type: strings.ReplaceAll(http.StatusText(n.status), " ", "")}
}

func (n *no) send(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(n.status)
	_ = json.NewEncoder(w).Encode(map[string]*problem{"error": n.problem(w.Header().Get("X-Request-Id"))})
}

// maxBody holds 14 pictures of 30 MB as base64.
const maxBody = 600 << 20

func read(r *http.Request) (req request, bad *no) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return req, invalid("", "The content type must be application/json.")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return req, invalid("", "The body ended early.")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&req); err != nil {
		return req, invalid("", "The body is no JSON object of known parameters: %v.", err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil || fields == nil {
		return req, invalid("", "The body is no JSON object.")
	}
	return req, req.complaint(fields)
}

// sell checks a request, takes the money and draws.
func sell(k *sandbox.Kit, w http.ResponseWriter, r *http.Request, req request, bad *no) {
	o := k.Order(r, req.Prompt)
	switch {
	case bad != nil:
	case o.Has("400"):
		bad = invalid("prompt", "The sandbox was asked for a 400.")
	case o.Has("401"):
		bad = badKey
	case o.Has("402"):
		bad = overdue
	case o.Has("refuse"):
		bad = refused
	case o.Has("refuse-output") && req.Sequential != "auto":
		bad = withheld // of a series one picture is
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
	body, err := draw(k, o, w.Header().Get("X-Request-Id"), "http://"+r.Host, req)
	if err != nil {
		broken.send(w)
		return
	}
	o.Answer(w, http.StatusOK, body)
}
