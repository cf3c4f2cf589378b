package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"aigc/app/sandbox"
	"aigc/modules/internal/kling"
)

// New makes an imitation whose account may use these models.
func New(models ...string) sandbox.Imitation {
	return sandbox.Imitation{Vendor: kling.Vendor(), Handler: func(k *sandbox.Kit) http.Handler {
		mux := http.NewServeMux()
		for _, e := range endpoints {
			mux.HandleFunc("POST "+e.path, requireKey(func(w http.ResponseWriter, r *http.Request) { submit(k, w, r, e, models) }))
			mux.HandleFunc("GET "+e.path+"/{id}", requireKey(func(w http.ResponseWriter, r *http.Request) { query(k, w, r.PathValue("id")) }))
			mux.HandleFunc("GET "+e.path, requireKey(func(w http.ResponseWriter, _ *http.Request) { reply(w, 0, "SUCCEED", []any{}) }))
		}
		mux.HandleFunc("GET /results/{name}", k.Results(30*24*time.Hour))
		mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { reply(w, 1202, "no such method and path", nil) })
		return mux
	}}
}

// statuses are the HTTP statuses of the codes in use.
var statuses = map[int]int{0: 200, 1002: 401, 1004: 401, 1102: 429, 1201: 400, 1202: 404, 1203: 404, 1303: 429}

// envelope is the body of every answer.
type envelope struct {
	Code      int    `json:"code"`
	Message   string `json:"message"`
	RequestID string `json:"request_id"`
	Data      any    `json:"data,omitempty"`
}

func reply(w http.ResponseWriter, code int, message string, data any) {
	if code == 1303 {
		w.Header().Set("Retry-After", "1")
	}
	sandbox.Reply(w, statuses[code], envelope{code, message, sandbox.NewID(), data})
}

// requireKey accepts requests with the sandbox's key: as an API key, or as a token
// of the key pair in which it is both access and secret key.
func requireKey(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		shown := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if code := tokenError(shown, int(time.Now().Unix())); shown != sandbox.Key && code != 0 {
			reply(w, code, "api key not found, or a token that is not valid", nil)
			return
		}
		h(w, r)
	}
}

// tokenError is the error code for an invalid token; 0 if it is valid. Its header
// must be {"alg":"HS256","typ":"JWT"}.
func tokenError(token string, now int) int {
	parts := strings.Split(token+"..", ".")
	var claims sandbox.Body
	d := json.NewDecoder(base64.NewDecoder(base64.RawURLEncoding, strings.NewReader(parts[1])))
	d.UseNumber()
	_ = d.Decode(&claims) // without claims iss does not match
	mac := hmac.New(sha256.New, []byte(sandbox.Key))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	switch {
	case parts[2] != base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), parts[0] != "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", claims.Text("iss") != sandbox.Key:
		return 1002
	case now < claims.Int("nbf"), now >= claims.Int("exp"):
		return 1004
	}
	return 0
}

// submit accepts a task, or answers with an error.
func submit(k *sandbox.Kit, w http.ResponseWriter, r *http.Request, e endpoint, models []string) {
	body, _ := sandbox.ReadJSON(r) // without one the prompt is missing
	model, external := body.Text("model_name"), body.Or("external_task_id", sandbox.NewID())
	_, taken := k.Jobs.Find(taskID(external))
	o := k.Request(r, body.Text("prompt"))
	if problem := e.problem(body, model); problem != "" || taken {
		reply(w, 1201, "invalid parameter, or a duplicate external_task_id: "+problem, nil)
	} else if !slices.Contains(models, model) || !slices.Contains(e.models, model) {
		reply(w, 1203, "model not found", nil)
	} else if fault := o.Ordered("400", "401", "402", "429"); fault != "" {
		reply(w, map[string]int{"400": 1201, "401": 1002, "402": 1102, "429": 1303}[fault], "as the prompt asks", nil)
	} else {
		o.RecordPurchase()
		startTask(k, w, r, o, body, external)
	}
}
