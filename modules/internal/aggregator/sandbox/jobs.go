package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/video"
)

const videoTime = 600 * time.Millisecond // of a job

// videoFields are the documented fields of a video, by host.
var videoFields = map[string][]sandbox.Field{
	newAPI: {
		{Name: "image", Kind: sandbox.Image}, {Name: "duration", Kind: sandbox.Integer, Min: 1, Max: 60},
		{Name: "width", Kind: sandbox.Integer}, {Name: "height", Kind: sandbox.Integer}, {Name: "metadata", Kind: sandbox.Object},
	},
	evoLink: {
		{Name: "image_urls", Kind: sandbox.List, Item: &sandbox.Field{Kind: sandbox.Image}}, {Name: "duration", Kind: sandbox.Integer, Min: 1, Max: 60},
		{Name: "aspect_ratio", Kind: sandbox.Text}, {Name: "resolution", Kind: sandbox.Text},
	},
	qiniu:    {{Name: "seconds", Kind: sandbox.Text}, {Name: "size", Kind: sandbox.Text}},
	chatfire: {{Name: "images", Kind: sandbox.List, Item: &sandbox.Field{Kind: sandbox.Image}}, {Name: "enhance_prompt", Kind: sandbox.Flag}},
}

// veoModels are the only models of chatfire.
var veoModels = []string{"veo3", "veo3-frames", "veo3-pro", "veo3-pro-frames"}

func (h host) video(w http.ResponseWriter, r *http.Request) {
	fields := append([]sandbox.Field{{Name: "model", Kind: sandbox.Text, Required: true}, {Name: "prompt", Kind: sandbox.Text, Required: true}}, videoFields[h.name]...)
	var b sandbox.Body
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		b, _, err = sandbox.ReadForm(r, fields)
	} else {
		b, err = sandbox.ReadJSON(r)
	}
	models := h.models
	if h.name == chatfire {
		models = veoModels
	}
	_, unknown := sandbox.Find(b.Problems(fields, ""), sandbox.Unknown)
	if err != nil || unknown || strings.HasSuffix(b.Text("model"), "-frames") && len(b.List("images")) == 0 {
		apiError{http.StatusBadRequest, "invalid_request", "The request is not valid."}.send(w)
		return
	}
	o := h.accept(w, r, b, fields, models)
	if o == nil {
		return
	}
	spec := video.Spec{Seed: sandbox.Seed(b.Text("prompt")), Width: 1280, Height: 720, Seconds: 8, Audio: true}
	width, height, ok := provider.ParseSize(b.Text("size"))
	if !ok {
		width, height = b.Int("width"), b.Int("height")
	}
	if width > 0 && height > 0 {
		spec.Width, spec.Height = width, height
	} else if b.Text("aspect_ratio") == "9:16" {
		spec.Width, spec.Height = 720, 1280
	}
	if s, _ := strconv.Atoi(b.Text("seconds")); s > 0 || b.Has("duration") {
		spec.Seconds = max(s, b.Int("duration"))
	}
	h.startJob(w, r, o, b, []sandbox.Drawing{{Video: &spec}}, videoTime)
}

// results are the input of a job.
type results struct {
	Drawings []sandbox.Drawing
	URLs     []string
}

// startJob stores a paid job and answers with its ticket, in the form of the host.
func (h host) startJob(w http.ResponseWriter, r *http.Request, o *sandbox.Request, b sandbox.Body, list []sandbox.Drawing, usual time.Duration) {
	id, now, made := sandbox.NewID(), time.Now().Unix(), results{Drawings: list}
	for _, d := range list {
		address, _ := h.kit.Offer(r, o, b.Text("model"), b.Text("prompt"), d) // the URL of one that was not stored answers 403
		made.URLs = append(made.URLs, address)
	}
	if h.name == chatfire {
		id = "veo3:" + id
	}
	job, err := h.kit.Jobs.Accept(o, id, b.Text("model"), b.Text("prompt"), made, usual)
	if err != nil {
		sandbox.DropConnection(w)
		return
	}
	var out map[string]any
	switch h.name {
	case evoLink:
		out = map[string]any{
			"created": now, "id": id, "model": job.Model, "object": "image.generation.task", "progress": 0, "status": "pending",
			"task_info": map[string]any{"can_cancel": true, "estimated_time": 45}, "usage": map[string]any{"billing_rule": "per_call", "credits_reserved": 1.6, "user_group": "default"},
		}
	case qiniu:
		out = map[string]any{"task_id": id}
	default:
		out = map[string]any{"id": id, "task_id": "", "status": "submitted", "status_update_time": time.Now().UnixMilli()}
	}
	body, _ := json.Marshal(out)
	o.Answer(w, http.StatusOK, body)
}

// state is what a poll answers of a job.
type state struct {
	id, status string
	progress   int
	reason     apiError // of a failure
	urls       []string
}

// poll reads a job. words are the host's words for
// waiting, working, done and failed. It answers 404 to an unknown id.
func (h host) poll(w http.ResponseWriter, id string, words ...string) (s state, ok bool) {
	job, ok := h.kit.Jobs.Find(id)
	var made results
	if !ok || json.Unmarshal(job.Input, &made) != nil {
		apiError{http.StatusNotFound, "task_not_exist", "task_not_exist"}.send(w)
		return s, false
	}
	o, done := h.kit.JobRequest(job), job.Progress() >= 1
	s = state{id: id, status: words[1], progress: int(job.Progress() * 100)}
	switch {
	case o.Has("status") && h.kit.Jobs.Polled(id) <= 3:
		s.status = o.Faults["status"]
	case job.Progress() == 0:
		s.status = words[0]
	case done && o.Has("refuse-output"):
		s.status, s.reason = words[3], refusal
	case done && o.Has("fail"):
		s.status, s.reason = words[3], apiError{code: "service_error", message: "The upstream failed."}
	case done:
		s.status, s.urls = words[2], made.URLs
	}
	return s, true
}

// unified answers as EvoLink and APIMart do.
func (h host) unified(w http.ResponseWriter, r *http.Request) {
	s, ok := h.poll(w, r.PathValue("id"), "pending", "processing", "completed", "failed")
	if !ok {
		return
	}
	out := map[string]any{"id": s.id, "object": "image.generation.task", "status": s.status, "progress": s.progress}
	if s.urls != nil {
		out["results"] = s.urls
	}
	if s.reason.message != "" {
		out["error"] = map[string]string{"code": s.reason.code, "message": s.reason.message, "type": "task_error"}
	}
	sandbox.Reply(w, http.StatusOK, out)
}

// imageTask answers as Qiniu does.
func (h host) imageTask(w http.ResponseWriter, r *http.Request) {
	s, ok := h.poll(w, r.PathValue("id"), "submitted", "processing", "succeed", "failed")
	if !ok {
		return
	}
	data := []map[string]any{}
	for i, address := range s.urls {
		data = append(data, map[string]any{"index": i, "url": address})
	}
	out := map[string]any{"task_id": s.id, "created": time.Now().Unix(), "status": s.status, "status_message": s.reason.message, "data": data}
	if s.reason.message != "" {
		out["error"] = map[string]string{"code": s.reason.code, "message": s.reason.message}
	}
	sandbox.Reply(w, http.StatusOK, out)
}

// wrapped answers as a new-api does for videos.
func (h host) wrapped(w http.ResponseWriter, r *http.Request) {
	s, ok := h.poll(w, r.PathValue("id"), "NOT_START", "IN_PROGRESS", "SUCCESS", "FAILURE")
	if !ok {
		return
	}
	sandbox.Reply(w, http.StatusOK, map[string]any{"code": "success", "message": "", "data": map[string]any{
		"task_id": s.id, "status": s.status, "fail_reason": s.reason.message, "progress": strconv.Itoa(s.progress) + "%", "url": strings.Join(s.urls, ""),
	}})
}

// veoTask answers as chatfire does.
func (h host) veoTask(w http.ResponseWriter, r *http.Request) {
	s, ok := h.poll(w, r.URL.Query().Get("id"), "pending", "processing", "completed", "failed")
	if !ok {
		return
	}
	out := map[string]any{"id": s.id, "status": s.status, "status_update_time": time.Now().UnixMilli(), "video_url": strings.Join(s.urls, "")}
	if s.reason.message != "" {
		out["error"] = map[string]string{"code": s.reason.code, "message": s.reason.message}
	}
	sandbox.Reply(w, http.StatusOK, out)
}

// videoTask answers in OpenAI's dialect: the video is at a URL that needs the key.
func (h host) videoTask(w http.ResponseWriter, r *http.Request) {
	s, ok := h.poll(w, r.PathValue("id"), "queued", "in_progress", "completed", "failed")
	if !ok {
		return
	}
	out := map[string]any{"id": s.id, "object": "video", "status": s.status, "progress": s.progress}
	if s.reason.message != "" {
		out["error"] = map[string]string{"code": s.reason.code, "message": s.reason.message}
	}
	sandbox.Reply(w, http.StatusOK, out)
}

func (h host) content(w http.ResponseWriter, r *http.Request) {
	job, ok := h.kit.Jobs.Find(r.PathValue("id"))
	var made results
	o := h.kit.JobRequest(job)
	if !ok || json.Unmarshal(job.Input, &made) != nil || job.Progress() < 1 || slices.ContainsFunc([]string{"expired", "fail", "refuse-output"}, o.Has) {
		apiError{http.StatusNotFound, "task_not_exist", "task_not_exist"}.send(w)
		return
	}
	data, err := o.Draw(made.Drawings[0])
	if err != nil {
		sandbox.DropConnection(w)
		return
	}
	w.Header().Set("Content-Type", "video/mp4")
	_, _ = w.Write(data)
}
