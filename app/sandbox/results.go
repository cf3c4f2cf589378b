package sandbox

import (
	"encoding/json"
	"net/http"
	"time"

	"aigc/app/sandbox/picture"
	"aigc/app/sandbox/video"
)

// Drawing says what to draw when a result's URL is fetched.
type Drawing struct {
	picture.Spec
	Format  string      `json:",omitempty"` // "png", "jpeg", "webp", "svg"
	Quality int         `json:",omitempty"` // of a JPEG, 1 to 100; 0: the default of picture.Encode
	Video   *video.Spec `json:",omitempty"` // instead of an image
}

// Reply writes a JSON response.
func Reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// signature is the query of every result's URL. A request without it gets the error
// of an expired URL.
const signature = "sig=sandbox"

// ResultURL returns the URL of a job's result, on the host of r. [Kit.Results]
// serves it. With [[relative]] in the job's prompt it has no host.
func (k *Kit) ResultURL(r *http.Request, job string) string {
	path := "/" + k.Vendor + "/results/" + job + "?" + signature
	if j, ok := k.Jobs.Find(job); ok && k.JobRequest(j).Has("relative") {
		return path
	}
	return "http://" + r.Host + path
}

// Offer stores a drawing as a job that is ready at once, and returns its URL.
func (k *Kit) Offer(r *http.Request, o *Request, model, prompt string, d Drawing) (string, error) {
	job, err := k.Jobs.Accept(o, NewID(), model, prompt, d, 0)
	return k.ResultURL(r, job.ID), err
}

// Results serves GET /results/{name}: it draws the Drawing that is the input of the
// job. A URL expires when its job has been ready for longer than life.
func (k *Kit) Results(life time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		job, ok := k.Jobs.Find(r.PathValue("name"))
		var d Drawing
		if !ok || json.Unmarshal(job.Input, &d) != nil || r.URL.RawQuery != signature || time.Since(job.Ready) > life || k.JobRequest(job).Has("expired") {
			http.Error(w, "The signature is not valid, or has expired.", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", d.mime())
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush() // drawing a 4K image takes seconds, longer than clients wait for headers
		data, err := k.JobRequest(job).Draw(d)
		if err != nil {
			DropConnection(w)
			return
		}
		_, _ = w.Write(data)
	}
}

func (d Drawing) mime() string {
	if d.Video != nil {
		return "video/mp4"
	}
	if d.Format == formatSVG {
		return "image/svg+xml"
	}
	return "image/" + d.Format
}

// formatSVG is the format of a drawing that is a vector image.
const formatSVG = "svg"

// Draw makes the file of a drawing, with the faults of the prompt.
func (o *Request) Draw(d Drawing) ([]byte, error) {
	if d.Video != nil {
		return o.Video(*d.Video)
	}
	if d.Format == formatSVG {
		return o.Corrupt(picture.SVG(d.Spec)), nil
	}
	return o.Picture(d.Spec, d.Format, d.Quality)
}
