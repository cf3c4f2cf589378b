package sandbox

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"aigc/app/sandbox"
	"aigc/app/sandbox/video"
)

// workTime is how long a job takes.
const workTime = 1500 * time.Millisecond

// clips are the videos of a job.
type clips struct {
	Spec  video.Spec // of the first; each has a seed of its own
	Count int
	URI   string // of the folder for them; empty: they come inline
}

func newClips(in, p sandbox.Body) clips {
	height := map[string]int{"": 720, "720p": 720, "1080p": 1080, "4k": 2160}[p.Text("resolution")]
	s := video.Spec{Seed: sandbox.Seed(in.Text("prompt")), Width: height * 16 / 9, Height: height, Seconds: 8, Audio: p.Flag("generateAudio")}
	if p.Text("aspectRatio") == "9:16" {
		s.Width, s.Height = s.Height, s.Width
	}
	if p.Has("durationSeconds") {
		s.Seconds = p.Int("durationSeconds")
	}
	if p.Has("seed") {
		s.Seed = uint64(p.Number("seed"))
	}
	return clips{Spec: s, Count: max(1, p.Int("sampleCount")), URI: strings.TrimRight(p.Text("storageUri"), "/")}
}

// video makes the n-th clip, damaged as the prompt asks.
func (c clips) video(o *sandbox.Request, n int) ([]byte, error) {
	c.Spec.Seed += uint64(n)
	return o.Video(c.Spec)
}

// jobName names a job: by "bucket/folder" where its clips go to a bucket, so that
// a look-up by the folder finds it.
func jobName(place string) string {
	if place == "" {
		return sandbox.NewID()
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Trim(place, "/"))))
}

// find reads a job and its clips, which are there unless the prompt asks for a
// failure.
func (g google) find(id string) (job sandbox.Job, c clips, delivers, ok bool) {
	job, ok = g.kit.Jobs.Find(id)
	_ = json.Unmarshal(job.Input, &c) // written by predict
	o := g.kit.JobRequest(job)
	return job, c, job.Progress() >= 1 && o.Ordered("fail", "refuse", "refuse-output") == "", ok
}

// objects are the names of the clips in their folder of the bucket, each below a
// folder whose name is a number.
func (c clips) objects(job sandbox.Job) []string {
	out := make([]string, c.Count)
	for i := range out {
		out[i] = fmt.Sprintf("%d/sample_%d.mp4", job.Created.UnixNano(), i)
	}
	return out
}

// operation answers what became of a job.
func (g google) operation(w http.ResponseWriter, r *http.Request, name string) {
	place, id, _ := strings.Cut(name, "/operations/")
	job, c, delivers, ok := g.find(id)
	if !ok || path.Base(place) != job.Model || "/v1/"+place != strings.TrimSuffix(r.URL.Path, ":fetchPredictOperation") {
		notFound("The operation was not found.").send(w)
		return
	}
	o := g.kit.JobRequest(job)
	out := map[string]any{"name": name}
	response := map[string]any{"@type": "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse", "raiMediaFilteredCount": 0}
	switch {
	case o.Has("status") && g.kit.Jobs.Polled(id) <= 3:
		out["metadata"] = map[string]string{"state": o.Faults["status"]}
	case job.Progress() < 1:
	case o.Has("fail"):
		out["done"], out["error"] = true, map[string]any{"code": 13, "message": "Video generation failed because of an internal issue."}
	case delivers:
		response["videos"] = c.videos(o, job)
		out["done"], out["response"] = true, response
	default:
		response["raiMediaFilteredCount"] = c.Count
		response["raiMediaFilteredReasons"] = []string{"The prompt could not be used to create the clip. Support codes: 42237218."}
		out["done"], out["response"] = true, response
	}
	sandbox.Reply(w, http.StatusOK, out)
}

// videos are the clips inline, or their addresses in the bucket.
func (c clips) videos(o *sandbox.Request, job sandbox.Job) (out []map[string]string) {
	for i, object := range c.objects(job) {
		v := map[string]string{"mimeType": "video/mp4"}
		if c.URI != "" {
			v["gcsUri"] = c.URI + "/" + object
		} else if data, err := c.video(o, i); err == nil {
			v["bytesBase64Encoded"] = o.Base64(data)
		}
		out = append(out, v)
	}
	return out
}

// list shows the finished clips under a prefix, which is the folder of one job.
func (g google) list(w http.ResponseWriter, r *http.Request) {
	folder := strings.TrimRight(r.URL.Query().Get("prefix"), "/")
	items := []map[string]any{}
	if job, c, delivers, ok := g.find(jobName(r.PathValue("bucket") + "/" + folder)); ok && delivers {
		for _, object := range c.objects(job) {
			items = append(items, map[string]any{"name": folder + "/" + object, "updated": job.Ready})
		}
	}
	sandbox.Reply(w, http.StatusOK, map[string]any{"kind": "storage#objects", "items": items})
}

func (g google) download(w http.ResponseWriter, r *http.Request) {
	object := r.PathValue("object")
	folder := path.Dir(path.Dir(object))
	job, c, delivers, ok := g.find(jobName(r.PathValue("bucket") + "/" + folder))
	o := g.kit.JobRequest(job)
	if i := slices.Index(c.objects(job), strings.TrimPrefix(object, folder+"/")); ok && delivers && i >= 0 && !o.Has("expired") {
		if data, err := c.video(o, i); err == nil {
			w.Header().Set("Content-Type", "video/mp4")
			_, _ = w.Write(data)
			return
		}
	}
	notFound("No such object.").send(w)
}
