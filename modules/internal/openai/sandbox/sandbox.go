package sandbox

import (
	"net/http"
	"time"

	"aigc/app/sandbox"
	"aigc/modules/internal/openai"
)

// drawTime is the duration of a request.
const drawTime = 150 * time.Millisecond

// New imitates OpenAI with the models of these ids.
func New(models ...string) sandbox.Imitation {
	return sandbox.Imitation{Vendor: openai.Vendor(), Handler: func(k *sandbox.Kit) http.Handler {
		v := vendor{k, models, faultErrors, nil}
		mux := http.NewServeMux()
		mux.HandleFunc("GET /v1/models", v.list)
		mux.HandleFunc("POST /v1/images/generations", v.generations)
		mux.HandleFunc("POST /v1/images/edits", v.edits)
		mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			apiError{status: http.StatusNotFound, kind: invalidRequest, message: "Invalid URL (" + r.Method + " " + r.URL.Path + ")"}.send(w)
		})
		return sandbox.Bearer(sandbox.Key, func(w http.ResponseWriter, _ *http.Request) { badKey.send(w) }, mux)
	}}
}

type vendor struct {
	kit    *sandbox.Kit
	models []string
	errors map[string]*apiError // by directive
	extra  map[string]any       // further fields of an image
}

func (v vendor) list(w http.ResponseWriter, _ *http.Request) {
	data := []map[string]any{}
	for _, id := range v.models {
		data = append(data, map[string]any{"id": id, "object": "model", "owned_by": "system", "shutdown_date": nil})
	}
	sandbox.Reply(w, http.StatusOK, map[string]any{"object": "list", "data": data})
}

func (v vendor) generations(w http.ResponseWriter, r *http.Request) {
	body, err := sandbox.ReadJSON(r)
	if err != nil {
		invalid(nil, nil, err.Error()).send(w)
		return
	}
	v.generate(w, r, body, 0, check(body, v.fields(body.Text("model"))))
}

func (v vendor) edits(w http.ResponseWriter, r *http.Request) {
	body, files, err := sandbox.ReadForm(r, v.fields(""))
	if err != nil {
		invalid(nil, nil, err.Error()).send(w)
		return
	}
	v.edit(w, r, body, files)
}

// edit checks the fields and the files of an edit, and answers it.
func (v vendor) edit(w http.ResponseWriter, r *http.Request, body sandbox.Body, files []sandbox.File) {
	bad := check(body, append(v.fields(body.Text("model")), inputFidelity))
	if bad == nil {
		bad = checkFiles(files)
	}
	v.generate(w, r, body, len(files), bad)
}

// generate refuses a request, or records the purchase and answers with images.
func (v vendor) generate(w http.ResponseWriter, r *http.Request, body sandbox.Body, files int, bad *apiError) {
	o := v.kit.Request(r, body.Text("prompt"))
	if bad == nil {
		bad = v.errors[o.Ordered("400", "401", "402", "refuse", "429", "503")]
	}
	if bad != nil {
		bad.send(w)
		return
	}
	o.RecordPurchase()
	o.Delay(r, drawTime)
	answer, err := draw(o, body, files, v.extra)
	switch {
	case err != nil:
		sandbox.DropConnection(w)
	case o.Has("refuse-output"):
		v.errors["refuse-output"].send(w)
	default:
		w.Header().Set("X-Request-Id", "req_"+sandbox.NewID())
		o.Answer(w, http.StatusOK, answer)
	}
}
