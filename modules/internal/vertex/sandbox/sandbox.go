package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/modules/internal/vertex"
)

// New makes an imitation that serves these models.
func New(models ...string) sandbox.Imitation {
	return sandbox.Imitation{Vendor: vertex.Vendor(), Complete: complete, Handler: func(k *sandbox.Kit) http.Handler {
		g := google{k, models}
		api := http.NewServeMux()
		api.HandleFunc("POST /v1/projects/{project}/locations/{location}/publishers/google/models/{call}", g.call)
		api.HandleFunc("GET /gcs/storage/v1/b/{bucket}/o", g.list)
		api.HandleFunc("GET /gcs/storage/v1/b/{bucket}/o/{object}", g.download)
		api.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { notFound("The requested URL was not found.").send(w) })
		mux := http.NewServeMux()
		mux.HandleFunc("POST /token", g.token)
		mux.Handle("/", sandbox.Bearer(accessToken, func(w http.ResponseWriter, _ *http.Request) { badToken.send(w) }, api))
		return mux
	}}
}

// complete sets the key file of a service account and the URLs of the imitation.
func complete(a *provider.Account) {
	key, _ := json.Marshal(map[string]string{ // strings do not fail
		"type": "service_account", "project_id": "sandbox", "client_email": mail,
		"private_key": privateKey, "private_key_id": "sandbox", "token_uri": a.BaseURL + "/token",
	})
	a.Secret = provider.Secret(key)
	a.Attrs = map[string]string{"project": "sandbox", "location": "us-central1", "gcs": a.BaseURL + "/gcs"}
}

type google struct {
	kit    *sandbox.Kit
	models []string
}

func (g google) call(w http.ResponseWriter, r *http.Request) {
	model, verb, _ := strings.Cut(r.PathValue("call"), ":")
	body, err := sandbox.ReadJSON(r)
	switch {
	case err != nil:
		invalid(err.Error()).send(w)
	case verb == "predictLongRunning":
		g.predict(w, r, model, body)
	case verb == "fetchPredictOperation":
		g.operation(w, r, body.Text("operationName"))
	default:
		invalid("Veo models are called by predictLongRunning.").send(w)
	}
}

// predict refuses a request, or records the purchase and accepts a job.
func (g google) predict(w http.ResponseWriter, r *http.Request, model string, body sandbox.Body) {
	in := instance(body)
	o := g.kit.Request(r, in.Text("prompt"))
	bad := check(body, model)
	if !slices.Contains(g.models, model) {
		bad = notFound("Publisher Model `" + model + "` was not found or your project does not have access to it.")
	}
	if bad == nil {
		bad = ordered[o.Ordered("400", "401", "402", "429")]
	}
	if bad != nil {
		bad.send(w)
		return
	}
	o.RecordPurchase()
	p := body.Object("parameters")
	id := jobName(strings.TrimPrefix(p.Text("storageUri"), "gs://"))
	if _, err := g.kit.Jobs.Accept(o, id, model, in.Text("prompt"), newClips(in, p), workTime); err != nil {
		sandbox.DropConnection(w)
		return
	}
	name := strings.TrimPrefix(strings.TrimSuffix(r.URL.Path, ":predictLongRunning"), "/v1/") + "/operations/" + id
	answer, _ := json.Marshal(map[string]string{"name": name}) // a string does not fail
	o.Answer(w, http.StatusOK, answer)
}
