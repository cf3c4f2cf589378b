package sandbox

import (
	"encoding/json"
	"net/http"
	"time"

	"aigc/app/sandbox/picture"
	"aigc/app/sandbox/video"
)

// Drawing is what a result's address needs to be drawn when it is fetched.
type Drawing struct {
	picture.Spec
	Format  string      `json:",omitempty"` // "png", "jpeg", "webp"
	Quality int         `json:",omitempty"` // of a JPEG, in percent; 0: as usual
	Video   *video.Spec `json:",omitempty"` // instead of an image
}

// Reply writes a JSON answer.
func Reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// signature is what every result's address is signed with; without it, it is
// refused as an expired one is.
const signature = "sig=sandbox"

// ResultURL is the address of a job's result on the host that a request came
// to; see [Kit.Results].
func (k *Kit) ResultURL(r *http.Request, job string) string {
	return "http://" + r.Host + "/" + k.Vendor + "/results/" + job + "?" + signature
}

// Offer keeps a drawing that is ready at once, and returns its address.
func (k *Kit) Offer(r *http.Request, o *Request, model, prompt string, d Drawing) (string, error) {
	job, err := k.Jobs.Accept(o, NewID(), model, prompt, d, 0)
	return k.ResultURL(r, job.ID), err
}

// Results serves GET /results/{name}: it draws the Drawing that a job was
// accepted with. An address lives for a while after its job was ready.
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
		_ = http.NewResponseController(w).Flush() // an image of 4K takes seconds, and callers do not wait for headers that long
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
	return "image/" + d.Format
}

// Draw makes the file of a drawing, damaged as its prompt asks.
func (o *Request) Draw(d Drawing) ([]byte, error) {
	if d.Video != nil {
		return o.Video(*d.Video)
	}
	return o.Picture(d.Spec, d.Format, d.Quality)
}
