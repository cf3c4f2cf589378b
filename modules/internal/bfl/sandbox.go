package bfl

import (
	"encoding/json"
	"hash/fnv"
	"io"
	"net/http"
	"strings"
	"time"

	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
)

// drawTime is how long a job takes in the sandbox.
const drawTime = 400 * time.Millisecond

// imitate answers as Black Forest Labs does.
func imitate(k *sandbox.Kit) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/credits", keyed(func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]float64{"credits": 1000})
	}))
	mux.HandleFunc("GET /v1/get_result", keyed(func(w http.ResponseWriter, r *http.Request) { answerPoll(k, w, r) }))
	mux.HandleFunc("GET /results/{name}", func(w http.ResponseWriter, r *http.Request) { deliver(k, w, r) })
	mux.HandleFunc("POST /v1/{model}", keyed(func(w http.ResponseWriter, r *http.Request) { accept(k, w, r) }))
	return mux
}

func keyed(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Key") != sandbox.Key {
			refuse(w, http.StatusForbidden, "Not authenticated")
			return
		}
		h(w, r)
	}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, text string) {
	reply(w, status, map[string]string{"detail": text})
}

// flux3 are the only fields that FLUX.3 takes.
var flux3 = map[string]bool{"prompt": true, "images": true, "aspect_ratio": true, "resolution": true, "grounding": true, "safety_tolerance": true}

func accept(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 256<<20))
	var req Request
	var fields map[string]json.RawMessage
	if err != nil || json.Unmarshal(body, &req) != nil || json.Unmarshal(body, &fields) != nil {
		refuse(w, http.StatusUnprocessableEntity, "The body is no JSON object.")
		return
	}
	model := r.PathValue("model")
	o := k.Order(r, req.Prompt)
	switch {
	case strings.HasPrefix(model, "flux-3") && unknown(fields):
		reply(w, http.StatusUnprocessableEntity, map[string]any{"detail": []any{map[string]any{"loc": []string{"body"}, "msg": "Extra inputs are not permitted", "type": "extra_forbidden"}}})
	case req.Prompt == "" && !strings.HasPrefix(model, "flux-pro") && model != "flux-dev":
		reply(w, http.StatusUnprocessableEntity, map[string]any{"detail": []any{map[string]any{"loc": []string{"body", "prompt"}, "msg": "Field required", "type": "missing"}}})
	case strings.HasPrefix(model, "flux-2") && (req.Width%16 != 0 || req.Height%16 != 0 || req.Width*req.Height > 4<<20):
		refuse(w, http.StatusUnprocessableEntity, "width and height must be multiples of 16, 4 MP at most")
	case o.Has("400"):
		refuse(w, http.StatusBadRequest, "The sandbox was asked for a 400.")
	case o.Has("401"):
		refuse(w, http.StatusForbidden, "Not authenticated")
	case o.Has("402"):
		refuse(w, http.StatusPaymentRequired, "Insufficient credits")
	case o.Again("429"):
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, "Too many active tasks")
	default:
		o.Buy()
		req.ImagePrompt, req.Images = "", nil // base64 is not worth keeping
		req.SetInputs(make([]string, 8))
		id := sandbox.NewID()
		if _, err := k.Jobs.Accept(o, id, model, req.Prompt, req, drawTime); err != nil {
			refuse(w, http.StatusInternalServerError, "The job could not be kept.")
			return
		}
		cost := 3.0
		out, _ := json.Marshal(submitted{ID: id, PollingURL: "http://" + r.Host + "/" + k.Vendor + "/v1/get_result?id=" + id, Cost: &cost, OutputMP: 1.05}) // plain values
		o.Answer(w, http.StatusOK, out)
	}
}

func unknown(fields map[string]json.RawMessage) bool {
	for name := range fields {
		if !flux3[name] {
			return true
		}
	}
	return false
}

func answerPoll(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	job, ok := k.Jobs.Find(r.URL.Query().Get("id"))
	if !ok {
		reply(w, http.StatusOK, polled{Status: "Task not found"})
		return
	}
	o := k.JobOrder(job)
	progress := job.Progress()
	p := polled{ID: job.ID, Status: "Pending", Progress: &progress}
	switch {
	case o.Has("refuse"):
		p.Status, p.Details = "Request Moderated", json.RawMessage(`{"Moderation Reasons":["Sandbox Request"]}`)
	case o.Has("status") && k.Jobs.Polled(job.ID) <= 3:
		p.Status = o.Faults["status"]
	case progress < 1:
	case o.Has("fail"):
		p.Status = "Error"
		reply(w, http.StatusServiceUnavailable, p)
		return
	case o.Has("refuse-output"):
		p.Status, p.Details = "Content Moderated", json.RawMessage(`{"Moderation Reasons":["Sandbox Request"]}`)
	default:
		var req Request
		_ = json.Unmarshal(job.Input, &req) // written by accept
		seed := seedOf(req)
		p.Status = "Ready"
		p.Result = &result{Sample: "http://" + r.Host + "/" + k.Vendor + "/results/" + job.ID + "?sig=sandbox", Prompt: req.Prompt, Seed: &seed}
	}
	reply(w, http.StatusOK, p)
}

func seedOf(req Request) int64 {
	if req.Seed != nil {
		return *req.Seed
	}
	h := fnv.New32a()
	_, _ = io.WriteString(h, req.Prompt)
	return int64(h.Sum32())
}

// deliver draws a result; its address dies ten minutes after the job was done.
func deliver(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	job, ok := k.Jobs.Find(r.PathValue("name"))
	if !ok || r.URL.Query().Get("sig") == "" || time.Since(job.Ready) > 10*time.Minute || k.JobOrder(job).Has("expired") {
		http.Error(w, "Signature expired", http.StatusForbidden)
		return
	}
	var req Request
	_ = json.Unmarshal(job.Input, &req) // written by accept
	width, height := req.Width, req.Height
	if width == 0 || height == 0 {
		width, height = Dimensions(req.AspectRatio, 1<<20, 16)
	}
	format := req.OutputFormat
	if format == "" {
		format = "jpeg"
	}
	data, err := k.JobOrder(job).Picture(picture.Spec{Prompt: req.Prompt, Seed: uint64(seedOf(req)), Width: width, Height: height}, format, 0)
	if err != nil {
		http.Error(w, "drawing failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/"+format)
	_, _ = w.Write(data)
}
