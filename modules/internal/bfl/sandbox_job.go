package bfl

import (
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"image"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
)

func answerPoll(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	job, ok := k.Jobs.Find(r.URL.Query().Get("id"))
	if !ok {
		reply(w, http.StatusOK, polled{ID: r.URL.Query().Get("id"), Status: "Task not found"})
		return
	}
	o := k.JobOrder(job)
	progress := job.Progress()
	p := polled{ID: job.ID, Status: underWay(job.Model, progress), Progress: &progress}
	switch {
	case o.Has("refuse"):
		p.Status, p.Progress, p.Details = "Request Moderated", nil, moderated
	case o.Has("status") && k.Jobs.Polled(job.ID) <= 3:
		p.Status = o.Faults["status"]
	case progress < 1:
	case o.Has("fail"):
		p.Status, p.Progress = "Error", nil
		reply(w, http.StatusServiceUnavailable, p)
		return
	case o.Has("refuse-output"):
		p.Status, p.Progress, p.Details = "Content Moderated", nil, moderated
	default:
		var req stored
		_ = json.Unmarshal(job.Input, &req) // written by begin
		p.Status, p.Progress = "Ready", nil
		p.Result = &result{Sample: "http://" + r.Host + "/" + k.Vendor + "/results/" + job.ID + "?sig=sandbox", Prompt: req.Prompt}
		if !capabilitiesOf(job.Model).Strict {
			p.Result.Seed = json.Number(strconv.FormatUint(uint64(req.seed(job)), 10))
		}
	}
	reply(w, http.StatusOK, p)
}

var moderated = json.RawMessage(`{"Moderation Reasons":["Sandbox Request"]}`)

// underWay is the status of a job that is not done; FLUX.3 has more of them.
func underWay(model string, progress float64) string {
	switch {
	case !strings.HasPrefix(model, "flux-3") || progress < 0.2:
		return "Pending"
	case progress < 0.5:
		return "Reasoning"
	}
	return "Generating"
}

// seed is what was asked for, or one of the job's own.
func (req stored) seed(job sandbox.Job) uint32 {
	if req.Seed != nil {
		return uint32(*req.Seed)
	}
	h := fnv.New32a()
	_, _ = io.WriteString(h, job.ID)
	return h.Sum32()
}

// canvas are the sides of the result, in pixels.
func canvas(model string, req request) [2]int {
	t := capabilitiesOf(model)
	area, ratio := 1<<20, parseRatio(req.AspectRatio)
	switch {
	case t.Step > 0 && req.Width > 0 && req.Height > 0:
		return [2]int{req.Width, req.Height}
	case t.MaxSide > 0:
		return [2]int{1024, 768} // the default of FLUX.1
	case t.Raw:
		area = maxArea
		if req.AspectRatio == "" {
			ratio = 16.0 / 9
		}
	}
	for _, r := range resolutions {
		if r.Name == req.Resolution {
			area = r.Area
		}
	}
	if w, h, ok := sides(append(req.Images, req.InputImage)); ok && (req.AspectRatio == "" || req.AspectRatio == "auto") {
		ratio = float64(w) / float64(h)
		if t.Step > 0 {
			area = min(w*h, maxArea)
		}
	}
	w, h := provider.Sides(ratio, area, 16, picture.MaxSide)
	return [2]int{w, h}
}

// sides are those of the first picture that is sent inline and can be read.
func sides(texts []string) (w, h int, ok bool) {
	for _, text := range texts {
		c, _, err := image.DecodeConfig(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
		if err == nil && c.Width > 0 && c.Height > 0 {
			return c.Width, c.Height, true
		}
	}
	return 0, 0, false
}

// life of a result's address.
func life(model string) time.Duration {
	if strings.HasPrefix(model, "flux-3") {
		return time.Hour
	}
	return 10 * time.Minute
}

// deliver draws a result, while its address lives.
func deliver(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	job, ok := k.Jobs.Find(r.PathValue("name"))
	if !ok || r.URL.Query().Get("sig") == "" || time.Since(job.Ready) > life(job.Model) || k.JobOrder(job).Has("expired") {
		http.Error(w, "Signature not valid in the specified time frame", http.StatusForbidden)
		return
	}
	var req stored
	_ = json.Unmarshal(job.Input, &req) // written by begin
	format := req.OutputFormat
	if format == "" {
		format = "jpeg"
	}
	spec := picture.Spec{Prompt: req.Prompt, Seed: uint64(req.seed(job)), Width: req.Sides[0], Height: req.Sides[1]}
	data, err := k.JobOrder(job).Picture(spec, format, 0)
	if err != nil {
		http.Error(w, "drawing failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/"+format)
	_, _ = w.Write(data)
}
