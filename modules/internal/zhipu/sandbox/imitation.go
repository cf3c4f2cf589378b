package sandbox

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
	"aigc/modules/internal/zhipu"
)

const base = "/api/paas/v4"

// New makes an imitation that serves these models.
func New(models ...string) sandbox.Imitation {
	return sandbox.Imitation{Vendor: zhipu.Vendor(), Handler: func(k *sandbox.Kit) http.Handler {
		s := server{k, models}
		api := http.NewServeMux()
		api.HandleFunc("POST "+base+"/images/generations", s.generate)
		api.HandleFunc("POST "+base+"/async/images/generations", s.submit)
		api.HandleFunc("GET "+base+"/async-result/{id}", s.query)
		api.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, "1222", "no such API", "") })
		mux := http.NewServeMux()
		mux.HandleFunc("GET /results/{name}", k.Results(30*24*time.Hour))
		mux.Handle("/", sandbox.Bearer(sandbox.Key, func(w http.ResponseWriter, _ *http.Request) { refuse(w, "1000", "authentication failed", "") }, api))
		return mux
	}}
}

type server struct {
	*sandbox.Kit
	models []string
}

// statuses are the HTTP statuses of the codes in use; 400 for the others.
var statuses = map[string]int{"1000": 401, "1113": 429, "1222": 404, "1302": 429, "1312": 429}

// refuse answers with an error. role says whose content moderation refused; empty if
// it is not about content.
func refuse(w http.ResponseWriter, code, message, role string) {
	status, listed := statuses[code]
	if !listed {
		status = http.StatusBadRequest
	}
	if code == "1302" {
		w.Header().Set("Retry-After", "1")
	}
	body := map[string]any{"error": map[string]string{"code": code, "message": message}}
	if role != "" {
		body["contentFilter"] = []map[string]any{{"role": role, "level": 0}}
	}
	sandbox.Reply(w, status, body)
}

const unsafe = "系统检测到输入或生成内容可能包含不安全或敏感内容"

// accept checks a request and records its purchase; false if it was refused.
func (s server) accept(w http.ResponseWriter, r *http.Request, async bool) (*sandbox.Request, sandbox.Body, bool) {
	b, err := sandbox.ReadJSON(r)
	if err != nil {
		refuse(w, "1210", err.Error(), "")
		return nil, nil, false
	}
	code, message := check(b, s.models, async)
	o, role := s.Request(r, b.Text("prompt")), ""
	id := "request-" + b.Or("request_id", sandbox.NewID())
	if _, taken := s.Jobs.Find(id); taken && code == "" {
		code, message = "1231", "request_id was used before"
	}
	if code == "" {
		name := o.Ordered("400", "401", "402", "refuse", "429", "503")
		code, message = map[string]string{"400": "1210", "401": "1000", "402": "1113", "refuse": "1301", "429": "1302", "503": "1312"}[name], "as the prompt asks"
		if name == "refuse" {
			message, role = unsafe, "user"
		}
	}
	if code != "" {
		refuse(w, code, message, role)
		return nil, nil, false
	}
	o.RecordPurchase()
	_, err = s.Jobs.Accept(o, id, b.Text("model"), "", nil, 0)
	return o, b, err == nil // else the answer is empty
}

// draw offers the image of a request, at its URL.
func (s server) draw(r *http.Request, o *sandbox.Request, b sandbox.Body) []map[string]string {
	model, prompt := b.Text("model"), b.Text("prompt")
	w, h, _ := provider.ParseSize(b.Or("size", sizesOf(model).usual))
	d := sandbox.Drawing{Spec: picture.Spec{Prompt: prompt, Seed: rand.Uint64(), Width: w, Height: h}, Format: "png"}
	address, _ := s.Offer(r, o, model, prompt, d) // the URL of one that could not be stored answers 403
	return []map[string]string{{"url": address}}
}

// generate answers a synchronous request.
func (s server) generate(w http.ResponseWriter, r *http.Request) {
	o, b, ok := s.accept(w, r, false)
	if !ok {
		return
	}
	o.Delay(r, 200*time.Millisecond)
	if o.Has("refuse-output") {
		refuse(w, "1301", unsafe, "assistant")
		return
	}
	id := newID()
	body, _ := json.Marshal(map[string]any{ // plain values
		"created": time.Now().Unix(), "id": id, "request_id": b.Or("request_id", id), "data": s.draw(r, o, b),
		"content_filter": []map[string]any{{"role": "assistant", "level": 3}},
	})
	o.Answer(w, http.StatusOK, body)
}

// newID makes a task id, a long number.
func newID() string { return strconv.FormatInt(7_000_000_000_000_000_000+rand.Int64N(1e18), 10) }

// submit accepts an asynchronous request. The job holds its final state.
func (s server) submit(w http.ResponseWriter, r *http.Request) {
	o, b, ok := s.accept(w, r, true)
	if !ok {
		return
	}
	id, task := newID(), map[string]any{"model": b.Text("model")}
	task["request_id"], task["image_result"] = b.Or("request_id", id), s.draw(r, o, b)
	if _, err := s.Jobs.Accept(o, id, b.Text("model"), b.Text("prompt"), task, 400*time.Millisecond); err != nil {
		refuse(w, "1230", err.Error(), "")
		return
	}
	delete(task, "image_result")
	task["id"], task["task_status"] = id, "PROCESSING"
	body, _ := json.Marshal(task) // plain values
	o.Answer(w, http.StatusOK, body)
}

// query answers with the state of a job. A failed one gives no reason.
func (s server) query(w http.ResponseWriter, r *http.Request) {
	job, ok := s.Jobs.Find(r.PathValue("id"))
	var task map[string]any
	if !ok || json.Unmarshal(job.Input, &task) != nil || task["request_id"] == nil {
		refuse(w, "1214", "the task does not exist", "")
		return
	}
	o, status, done := s.JobRequest(job), "PROCESSING", job.Progress() >= 1
	switch {
	case o.Has("status") && s.Jobs.Polled(job.ID) <= 3:
		status = o.Faults["status"]
	case done && o.Has("fail"):
		status = "FAIL"
	case done:
		status = "SUCCESS"
	}
	if task["task_status"] = status; status != "SUCCESS" {
		delete(task, "image_result")
	}
	sandbox.Reply(w, http.StatusOK, task)
}
