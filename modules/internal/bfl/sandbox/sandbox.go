package sandbox

import (
	"encoding/json"
	"hash/crc32"
	"net/http"
	"slices"
	"strings"
	"time"

	"aigc/app/sandbox"
	"aigc/modules/internal/bfl"
)

// tools is the folder of the tools, such as virtual try-on.
const tools = "/v1/flux-tools/"

// drawTime is the duration of a job.
const drawTime = 400 * time.Millisecond

// New makes an imitation that serves these models.
func New(models ...string) sandbox.Imitation {
	return sandbox.Imitation{Vendor: bfl.Vendor(), Handler: func(k *sandbox.Kit) http.Handler {
		v := imitation{k, models}
		mux := http.NewServeMux()
		mux.HandleFunc("GET /v1/credits", requireKey(func(w http.ResponseWriter, _ *http.Request) {
			sandbox.Reply(w, http.StatusOK, map[string]any{"credits": 1000.0})
		}))
		mux.HandleFunc("GET /v1/get_result", requireKey(v.poll))
		mux.HandleFunc("POST /v1/{model}", requireKey(v.submit))
		mux.HandleFunc("POST "+tools+"{model}", requireKey(v.submit))
		mux.HandleFunc("GET /results/{name}", v.result)
		mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { errorReply(w, http.StatusNotFound, "Not Found") })
		return mux
	}}
}

type imitation struct {
	kit    *sandbox.Kit
	models []string
}

func requireKey(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Key") != sandbox.Key {
			errorReply(w, http.StatusForbidden, "Not authenticated")
			return
		}
		h(w, r)
	}
}

// errorReply writes an error whose detail is a text or a list of validation errors.
func errorReply(w http.ResponseWriter, status int, detail any) {
	sandbox.Reply(w, status, map[string]any{"detail": detail})
}

var types = map[sandbox.Rule]string{
	sandbox.Missing: "missing", sandbox.Unknown: "extra_forbidden", sandbox.WrongKind: "type_error", sandbox.NotListed: "enum",
	sandbox.OutOfRange: "out_of_range", sandbox.TooLong: "too_long", sandbox.NoImage: "value_error",
}

// validationErrors are the faults of a request in FastAPI's format.
func validationErrors(problems []sandbox.Problem) (out []map[string]any) {
	for _, p := range problems {
		name, index, item := strings.Cut(p.Field, ".")
		loc := []any{"body", name}
		if item {
			loc = append(loc, json.Number(index))
		}
		out = append(out, map[string]any{"loc": loc, "msg": p.Text, "type": types[p.Rule]})
	}
	return out
}

func (v imitation) submit(w http.ResponseWriter, r *http.Request) {
	model := r.PathValue("model")
	f, known := familyOf(model)
	if !known || !slices.Contains(v.models, model) || f.tool != strings.HasPrefix(r.URL.Path, tools) {
		errorReply(w, http.StatusNotFound, "Not Found")
		return
	}
	b, err := sandbox.ReadJSON(r)
	if err != nil {
		errorReply(w, http.StatusUnprocessableEntity, []map[string]any{{"loc": []any{"body"}, "msg": "JSON decode error", "type": "json_invalid"}})
		return
	}
	if problems := f.problems(b); len(problems) > 0 {
		errorReply(w, http.StatusUnprocessableEntity, validationErrors(problems))
		return
	}
	o := v.kit.Request(r, b.Text("prompt"))
	switch o.Ordered("400", "401", "402", "429") {
	case "400":
		errorReply(w, http.StatusBadRequest, "The sandbox was asked for a 400.")
	case "401":
		errorReply(w, http.StatusForbidden, "Not authenticated")
	case "402":
		errorReply(w, http.StatusPaymentRequired, "Insufficient credits. Please add credits to your account.")
	case "429":
		w.Header().Set("Retry-After", "1")
		errorReply(w, http.StatusTooManyRequests, "Too many active tasks. Please wait for the others to finish.")
	default:
		o.RecordPurchase()
		v.startJob(o, w, r, f, b)
	}
}

// startJob stores a paid job and answers with its id and polling URL.
func (v imitation) startJob(o *sandbox.Request, w http.ResponseWriter, r *http.Request, f family, b sandbox.Body) {
	id := sandbox.NewID()
	d, inputMP, outputMP, cost := f.drawing(b)
	d.Seed = uint64(crc32.ChecksumIEEE([]byte(id)))
	if b.Has("seed") {
		d.Seed = uint64(uint32(b.Int("seed")))
	}
	if _, err := v.kit.Jobs.Accept(o, id, r.PathValue("model"), d.Prompt, d, drawTime); err != nil {
		errorReply(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	answer, _ := json.Marshal(map[string]any{ // plain values
		"id": id, "polling_url": "http://" + r.Host + "/" + v.kit.Vendor + "/v1/get_result?id=" + id,
		"cost": cost, "input_mp": inputMP, "output_mp": outputMP,
	})
	o.Answer(w, http.StatusOK, answer)
}

var moderationDetails = map[string]any{"Moderation Reasons": []string{"Sandbox Request"}}

func (v imitation) poll(w http.ResponseWriter, r *http.Request) {
	job, found := v.kit.Jobs.Find(r.URL.Query().Get("id"))
	f, _ := familyOf(job.Model)
	o, progress, status := v.kit.JobRequest(job), job.Progress(), http.StatusOK
	answer := map[string]any{"id": r.URL.Query().Get("id"), "progress": nil, "details": nil, "preview": nil, "result": nil}
	switch {
	case !found:
		answer["status"] = "Task not found"
	case o.Has("refuse"):
		answer["status"], answer["details"] = "Request Moderated", moderationDetails
	case o.Has("status") && v.kit.Jobs.Polled(job.ID) <= 3:
		answer["status"], answer["progress"] = o.Faults["status"], progress
	case progress < 1:
		stages := []string{"Pending"}
		if f.strict {
			stages = []string{"Pending", "Reasoning", "Generating"}
		}
		answer["status"], answer["progress"] = stages[int(progress*float64(len(stages)))], progress
	case o.Has("fail"):
		answer["status"], status = "Error", http.StatusServiceUnavailable
	case o.Has("refuse-output"):
		answer["status"], answer["details"] = "Content Moderated", moderationDetails
	default:
		var d sandbox.Drawing
		_ = json.Unmarshal(job.Input, &d) // written by begin
		result := map[string]any{"sample": v.kit.ResultURL(r, job.ID), "prompt": d.Prompt}
		if !f.strict {
			result["seed"] = d.Seed
		}
		answer["status"], answer["result"] = "Ready", result
	}
	sandbox.Reply(w, status, answer)
}

// result serves the file of a job until its URL expires.
func (v imitation) result(w http.ResponseWriter, r *http.Request) {
	life := 10 * time.Minute
	if job, _ := v.kit.Jobs.Find(r.PathValue("name")); strings.HasPrefix(job.Model, "flux-3-") {
		life = time.Hour
	}
	v.kit.Results(life)(w, r)
}
