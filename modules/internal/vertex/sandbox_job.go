package vertex

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"path"
	"strings"

	"aigc/app/sandbox"
	"aigc/app/sandbox/film"
)

// bucketJob names a job after "bucket/prefix/", where its clips go, so that
// they are found there.
func bucketJob(place string) string {
	h := fnv.New128a()
	_, _ = io.WriteString(h, strings.Trim(place, "/"))
	return fmt.Sprintf("%x", h.Sum(nil))
}

// objects are where a job's clips lie below its prefix: in a folder with a
// number for a name.
func objects(job sandbox.Job) []string {
	out := make([]string, max(1, asked(job).Parameters.SampleCount))
	for i := range out {
		out[i] = fmt.Sprintf("%d/sample_%d.mp4", job.Created.UnixNano(), i)
	}
	return out
}

// asked is the request that a job came from.
func asked(job sandbox.Job) Request {
	var req Request
	_ = json.Unmarshal(job.Input, &req) // written by accept
	return req
}

func fetchOperation(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	var q struct {
		OperationName string `json:"operationName"`
	}
	_ = json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&q) // an empty name is not found
	place, id, _ := strings.Cut(q.OperationName, "/operations/")
	job, ok := k.Jobs.Find(id)
	if !ok || path.Base(place) != job.Model || "/v1/"+place != strings.TrimSuffix(r.URL.Path, ":fetchPredictOperation") {
		refuse(w, http.StatusNotFound, "NOT_FOUND", "The operation was not found.")
		return
	}
	o := k.JobOrder(job)
	out := map[string]any{"name": q.OperationName}
	answer := map[string]any{"@type": "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"}
	switch {
	case o.Has("status") && k.Jobs.Polled(id) <= 3:
		out["metadata"] = map[string]string{"state": o.Faults["status"]}
	case job.Progress() < 1:
	case o.Has("fail"):
		out["done"], out["error"] = true, map[string]any{"code": 13, "message": "Video generation failed because of an internal issue."}
	case o.Has("refuse"), o.Has("refuse-output"):
		answer["raiMediaFilteredCount"] = len(objects(job))
		answer["raiMediaFilteredReasons"] = []string{"The prompt could not be used to create the clip. Support codes: 42237218."}
		out["done"], out["response"] = true, answer
	default:
		answer["raiMediaFilteredCount"], answer["videos"] = 0, clips(o, job)
		out["done"], out["response"] = true, answer
	}
	_ = json.NewEncoder(w).Encode(out)
}

// clips are inline, or names of objects under the prefix that was asked for.
func clips(o *sandbox.Order, job sandbox.Job) []map[string]string {
	req := asked(job)
	var out []map[string]string
	for i, object := range objects(job) {
		if uri := req.Parameters.StorageURI; uri != "" {
			out = append(out, map[string]string{"gcsUri": strings.TrimRight(uri, "/") + "/" + object, "mimeType": "video/mp4"})
			continue
		}
		data, err := shoot(o, req, i)
		if err != nil {
			continue // fewer clips than asked
		}
		text := base64.StdEncoding.EncodeToString(data)
		if o.Has("badbase64") {
			text = text[:len(text)/2] + "*!*!" + text[len(text)/2+4:]
		}
		out = append(out, map[string]string{"bytesBase64Encoded": text, "mimeType": "video/mp4"})
	}
	return out
}

// shoot makes the n-th clip of a job.
func shoot(o *sandbox.Order, req Request, n int) ([]byte, error) {
	p := req.Parameters
	short := map[string]int{"1080p": 1080, "4k": 2160}[p.Resolution]
	if short == 0 {
		short = 720
	}
	width, height := short*16/9, short
	if p.AspectRatio == "9:16" {
		width, height = height, width
	}
	seconds := p.DurationSeconds
	if seconds == 0 {
		seconds = 8
	}
	h := fnv.New64a()
	_, _ = io.WriteString(h, req.Instances[0].Prompt)
	seed := h.Sum64() + uint64(n)
	if p.Seed != nil {
		seed = uint64(*p.Seed) + uint64(n)
	}
	return o.Film(film.Spec{
		Prompt: req.Instances[0].Prompt, Seed: seed, Width: width, Height: height, Seconds: seconds, FPS: 24,
		Audio: p.GenerateAudio != nil && *p.GenerateAudio,
	})
}

// list shows the finished clips under a prefix, which names one job.
func list(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	prefix := r.URL.Query().Get("prefix")
	page := listing{Kind: "storage#objects"}
	if job, ok := k.Jobs.Find(bucketJob(r.PathValue("bucket") + "/" + prefix)); ok && job.Progress() >= 1 && filmed(k.JobOrder(job)) {
		for _, object := range objects(job) {
			page.Items = append(page.Items, item{Name: strings.TrimRight(prefix, "/") + "/" + object, Updated: job.Ready})
		}
	}
	_ = json.NewEncoder(w).Encode(page)
}

// filmed says whether a job leaves clips.
func filmed(o *sandbox.Order) bool {
	return !o.Has("fail") && !o.Has("refuse") && !o.Has("refuse-output")
}

func download(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	object := r.PathValue("object")
	job, ok := k.Jobs.Find(bucketJob(r.PathValue("bucket") + "/" + path.Dir(path.Dir(object))))
	if ok && filmed(k.JobOrder(job)) && !k.JobOrder(job).Has("expired") {
		for i, name := range objects(job) {
			if !strings.HasSuffix(object, "/"+name) {
				continue
			}
			data, err := shoot(k.JobOrder(job), asked(job), i)
			if err != nil {
				refuse(w, http.StatusInternalServerError, "INTERNAL", "The clip could not be made.")
				return
			}
			w.Header().Set("Content-Type", "video/mp4")
			_, _ = w.Write(data)
			return
		}
	}
	refuse(w, http.StatusNotFound, "NOT_FOUND", "No such object.")
}
