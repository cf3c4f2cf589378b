package sandbox

import (
	"cmp"
	"encoding/json"
	"hash/crc32"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
	"aigc/modules/internal/fashn"
)

// New makes an imitation that serves these models.
func New(models ...string) sandbox.Imitation {
	return sandbox.Imitation{Vendor: fashn.Vendor(), Handler: func(k *sandbox.Kit) http.Handler {
		v := imitation{k, models}
		api := http.NewServeMux()
		api.HandleFunc("POST /v1/run", v.run)
		api.HandleFunc("GET /v1/status/{id}", v.status)
		api.HandleFunc("GET /v1/credits", func(w http.ResponseWriter, _ *http.Request) {
			sandbox.Reply(w, http.StatusOK, map[string]any{"credits": map[string]int{"total": 1000, "subscription": 0, "on_demand": 1000}})
		})
		api.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { errorReply(w, "NotFound", "There is no such path.") })
		refuse := func(w http.ResponseWriter, _ *http.Request) { errorReply(w, "UnauthorizedAccess", "Invalid API key.") }
		mux := http.NewServeMux()
		mux.Handle("/", sandbox.Bearer(sandbox.Key, refuse, api))
		mux.HandleFunc("GET /results/{name}", k.Results(72*time.Hour))
		return mux
	}}
}

type imitation struct {
	kit    *sandbox.Kit
	models []string
}

var statuses = map[string]int{"BadRequest": 400, "UnauthorizedAccess": 401, "NotFound": 404, "RateLimitExceeded": 429, "OutOfCredits": 429}

// errorReply writes an error of a request that gives no id.
func errorReply(w http.ResponseWriter, name, message string) {
	if name == "RateLimitExceeded" {
		w.Header().Set("Retry-After", "1")
	}
	sandbox.Reply(w, statuses[name], map[string]string{"error": name, "message": message})
}

// work is a stored run: what it gives when it is finished.
type work struct {
	Drawings []sandbox.Drawing
	URLs     []string
	Inline   bool // results are data URLs
	Credits  int
}

func (v imitation) run(w http.ResponseWriter, r *http.Request) {
	b, err := sandbox.ReadJSON(r)
	if err != nil {
		errorReply(w, "BadRequest", "The body is not JSON.")
		return
	}
	model, in := b.Text("model_name"), b.Object("inputs")
	m, known := modelSpecs[model]
	if !known || !slices.Contains(v.models, model) {
		errorReply(w, "BadRequest", "model_name "+strconv.Quote(model)+" is not a valid model.")
		return
	}
	if problem := m.problem(b); problem != "" {
		errorReply(w, "BadRequest", problem)
		return
	}
	prompt := strings.Join([]string{in.Text("prompt"), sandbox.ImageDirectives(in.Text("model_image")), sandbox.ImageDirectives(in.Text(m.garment))}, " ")
	o := v.kit.Request(r, prompt)
	if fault := o.Ordered("400", "401", "402", "429"); fault != "" {
		names := map[string]string{"400": "BadRequest", "401": "UnauthorizedAccess", "402": "OutOfCredits", "429": "RateLimitExceeded"}
		errorReply(w, names[fault], "The sandbox was asked for a "+fault+".")
		return
	}
	o.RecordPurchase()
	v.start(o, w, r, model, prompt, m, in)
}

// start stores a paid run and answers with its id.
func (v imitation) start(o *sandbox.Request, w http.ResponseWriter, r *http.Request, model, prompt string, m modelSpec, in sandbox.Body) {
	id := sandbox.NewID() + "-u1"
	count := max(1, in.Int(m.count))
	out := work{Inline: in.Flag("return_base64"), Credits: count}
	if model == "tryon-max" && (in.Text("generation_mode") != "fast" || in.Or("resolution", "1k") != "1k") {
		out.Credits *= 2
	}
	d := drawing(model, in)
	d.Prompt = cmp.Or(strings.TrimSpace(prompt), "a person in a new coat")
	seed := uint64(crc32.ChecksumIEEE([]byte(id)))
	if in.Has("seed") {
		seed = uint64(in.Int("seed"))
	}
	for i := range uint64(count) {
		d.Seed = seed + i
		address, err := v.kit.Offer(r, o, model, prompt, d)
		if err != nil {
			http.Error(w, "The result cannot be stored.", http.StatusInternalServerError) // not InternalServerError, by which nothing was accepted
			return
		}
		out.Drawings, out.URLs = append(out.Drawings, d), append(out.URLs, address)
	}
	if _, err := v.kit.Jobs.Accept(o, id, model, prompt, out, 400*time.Millisecond); err != nil {
		http.Error(w, "The run cannot be stored.", http.StatusInternalServerError)
		return
	}
	answer, _ := json.Marshal(map[string]any{"id": id, "error": nil}) // plain values
	o.Answer(w, http.StatusOK, answer)
}

// drawing has the shape of the person's image, and the size that the model works at;
// 2:3 for an image by URL, which is not fetched.
func drawing(model string, in sandbox.Body) sandbox.Drawing {
	area := 864 * 1296
	if model == "tryon-max" {
		area = map[string]int{"1k": 1 << 20, "2k": 1 << 22, "4k": 1 << 24}[in.Or("resolution", "1k")]
	}
	ratio := 2. / 3
	if p, ok := sandbox.ReadPicture(in.Text("model_image")); ok {
		ratio = float64(p.Width) / float64(p.Height)
	}
	d := sandbox.Drawing{Spec: picture.Spec{}, Format: in.Or("output_format", "png")}
	d.Width, d.Height = provider.Sides(ratio, area, 8, picture.MaxSide)
	return d
}

func (v imitation) status(w http.ResponseWriter, r *http.Request) {
	job, found := v.kit.Jobs.Find(r.PathValue("id"))
	var result work
	if !found || json.Unmarshal(job.Input, &result) != nil {
		errorReply(w, "NotFound", "The id is not tracked any more.")
		return
	}
	o, progress := v.kit.JobRequest(job), job.Progress()
	answer := map[string]any{"id": job.ID, "status": "", "output": nil, "error": nil}
	fail := func(name, message string) {
		answer["status"], answer["error"] = "failed", map[string]string{"name": name, "message": message}
	}
	switch {
	case o.Has("refuse"):
		fail("ContentModerationError", "Prohibited content detected in the garment.")
	case o.Has("status") && v.kit.Jobs.Polled(job.ID) <= 3:
		answer["status"] = o.Faults["status"]
	case progress < 1:
		stages := []string{"starting", "in_queue", "processing"}
		answer["status"] = stages[int(progress*float64(len(stages)))]
	case o.Has("fail"):
		fail("PipelineError", "An unexpected error occurred in the pipeline.")
	case o.Has("refuse-output"):
		fail("ContentModerationError", "Prohibited content detected in the result.")
	default:
		w.Header().Set("X-Fashn-Credits-Used", strconv.Itoa(result.Credits))
		answer["status"], answer["output"] = "completed", result.output(o)
	}
	sandbox.Reply(w, http.StatusOK, answer)
}

// output are the results: URLs, or data URLs.
func (r work) output(o *sandbox.Request) []string {
	if !r.Inline {
		return r.URLs
	}
	var out []string
	for _, d := range r.Drawings {
		file, _ := o.Draw(d) // a size and a format that can be drawn
		out = append(out, "data:image/"+d.Format+";base64,"+o.Base64(file))
	}
	return out
}
