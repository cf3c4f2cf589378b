package ark

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
)

// drawn is what a result's address needs to be drawn when it is fetched.
type drawn struct {
	picture.Spec
	Format string
}

// lasting is how long an address lives.
const lasting = 24 * time.Hour

// draw writes the answer of a request. One picture of a series is withheld if
// its prompt asks for it.
func draw(k *sandbox.Kit, o *sandbox.Order, id, root string, req request) ([]byte, error) {
	d := req.spec()
	items := []item{}
	count, tokens := req.count(), 0
	for i := range count {
		if req.Sequential == "auto" && i == 0 && o.Has("refuse-output") {
			items = append(items, item{Error: withheld.problem(id)})
			continue
		}
		each := d
		each.Seed = rand.Uint64() // no model of today can be told a seed
		it, err := sold(k, o, root, req, each)
		if err != nil {
			return nil, err
		}
		if req.Layers {
			it.layer = place(i, d.Width, d.Height)
		}
		items, tokens = append(items, it), tokens+d.Width*d.Height/256
	}
	generated := 0
	for _, it := range items {
		if it.Error == nil {
			generated++
		}
	}
	raw, err := json.Marshal(usage{Generated: generated, Input: len(req.Images.list), Output: tokens, Total: tokens})
	if err != nil {
		return nil, fmt.Errorf("sandbox: usage: %w", err)
	}
	return json.Marshal(answer{Model: served(req.Model), Created: time.Now().Unix(), Data: &items, Usage: raw})
}

// spec is one picture of a request.
func (r request) spec() drawn {
	t := TraitsOf(served(r.Model))
	size := r.Size
	if size == "" {
		size = t.Default
	}
	w, h, explicit := parseSize(size)
	if !explicit {
		w, h = shape(size, "1:1")
	}
	format := r.OutputFormat
	if format == "" {
		format = "jpeg"
		if strings.Contains(r.Model, "seedream-5-5") || r.Background == "transparent" || r.Layers {
			format = "png"
		}
	}
	return drawn{picture.Spec{Prompt: r.Prompt, Width: w, Height: h, Transparent: r.Background == "transparent" || r.Layers}, format}
}

// count is how many pictures a request gives.
func (r request) count() int {
	switch {
	case r.Layers:
		return 3
	case r.Sequential != "auto":
		return 1
	}
	most := series - len(r.Images.list)
	if r.SequentialOpts != nil {
		most = r.SequentialOpts.MaxImages
	}
	return min(3, most) // the model decides, and rarely takes all
}

// sold is one result, as its bytes or at an address.
func sold(k *sandbox.Kit, o *sandbox.Order, root string, req request, d drawn) (item, error) {
	it := item{Size: sides(d.Width, d.Height)}
	if req.ResponseFormat == "b64_json" {
		data, err := o.Picture(d.Spec, d.Format, 0)
		it.B64 = base64.StdEncoding.EncodeToString(data)
		return it, err
	}
	job, err := k.Jobs.Accept(o, sandbox.NewID(), req.Model, req.Prompt, d, 0)
	it.URL = root + "/" + k.Vendor + "/results/" + job.ID + "?X-Tos-Expires=86400&X-Tos-Signature=sandbox"
	return it, err
}

// place says where a layer belongs: the first one fills the picture, the
// others lie within it.
func place(i, w, h int) layer {
	return layer{
		Z:    fmt.Append(nil, i),
		Box:  fmt.Appendf(nil, "[%d,%d,%d,%d]", i*w/8, i*h/8, w-i*w/8, h-i*h/8),
		Name: fmt.Sprintf("layer %d", i), Description: "a layer of the sandbox",
	}
}

// deliver draws a result; its address lives a day.
func deliver(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	job, ok := k.Jobs.Find(r.PathValue("name"))
	var d drawn
	if !ok || json.Unmarshal(job.Input, &d) != nil || r.URL.Query().Get("X-Tos-Signature") == "" || time.Since(job.Created) > lasting || k.JobOrder(job).Has("expired") {
		http.Error(w, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "image/"+d.Format)
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush() // 4K take their time, and callers do not wait for headers that long
	data, err := k.JobOrder(job).Picture(d.Spec, d.Format, 0)
	if err != nil {
		sandbox.Cut(w)
		return
	}
	_, _ = w.Write(data)
}
