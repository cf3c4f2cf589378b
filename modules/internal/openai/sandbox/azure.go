package sandbox

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/modules/internal/openai"
)

// NewAzure imitates an Azure OpenAI resource that has one deployment of each of these
// models.
func NewAzure(models ...string) sandbox.Imitation {
	complete := func(a *provider.Account) {
		a.Models, a.Attrs = models, map[string]string{"api_version": "2025-04-01-preview"}
		for _, m := range models {
			a.Attrs["deployment:"+m] = deploymentOf(m)
		}
	}
	return sandbox.Imitation{Vendor: openai.AzureVendor(), Complete: complete, Handler: func(k *sandbox.Kit) http.Handler {
		z := azure{vendor{k, models, azureErrors, map[string]any{"content_filter_results": filterResults(false), "prompt_filter_results": filterResults(false)}}}
		mux := http.NewServeMux()
		mux.HandleFunc("POST /openai/deployments/{deployment}/images/{call}", z.byPath)
		mux.HandleFunc("POST /openai/v1/images/{call}", z.byBody)
		mux.HandleFunc("/", z.notFound)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Api-Key") != sandbox.Key {
				azureBadKey.send(w)
				return
			}
			mux.ServeHTTP(w, r)
		})
	}}
}

// deploymentOf is the name of a model's deployment.
func deploymentOf(model string) string { return "sandbox_" + strings.ReplaceAll(model, ".", "-") }

type azure struct{ vendor }

var azureVersion = regexp.MustCompile(`^api-version=20[0-9]{2}-[0-9]{2}-[0-9]{2}(-preview)?$`)

// byPath serves the path with a deployment and a version. The body needs no model.
func (z azure) byPath(w http.ResponseWriter, r *http.Request) {
	if !azureVersion.MatchString(r.URL.RawQuery) {
		z.notFound(w, r)
		return
	}
	z.call(w, r, r.PathValue("deployment"))
}

// byBody serves the path whose body names the deployment as its model.
func (z azure) byBody(w http.ResponseWriter, r *http.Request) {
	if r.URL.RawQuery != "" {
		z.notFound(w, r)
		return
	}
	z.call(w, r, "")
}

// call serves generations or edits. deployment is empty if the body names it.
func (z azure) call(w http.ResponseWriter, r *http.Request, deployment string) {
	body, files, err := z.read(r)
	if err != nil {
		invalid(nil, nil, err.Error()).send(w)
		return
	}
	named := body.Has("model")
	if deployment == "" {
		deployment, named = body.Text("model"), false
	}
	i := slices.IndexFunc(z.models, func(m string) bool { return deploymentOf(m) == deployment })
	switch {
	case named:
		invalid("model", "unknown_parameter", "The deployment is a part of the path.").send(w)
		return
	case i < 0:
		noDeployment.send(w)
		return
	}
	body["model"] = z.models[i]
	switch r.PathValue("call") {
	case "generations":
		z.generate(w, r, body, 0, check(body, z.fields(z.models[i])))
	case "edits":
		z.edit(w, r, body, files)
	default:
		z.notFound(w, r)
	}
}

// read reads the body of a call.
func (z azure) read(r *http.Request) (sandbox.Body, []sandbox.File, error) {
	if r.PathValue("call") == "edits" {
		return sandbox.ReadForm(r, z.fields(""))
	}
	body, err := sandbox.ReadJSON(r)
	return body, nil, err
}

func (z azure) notFound(w http.ResponseWriter, _ *http.Request) {
	apiError{status: http.StatusNotFound, code: "404", message: "Resource not found"}.send(w)
}
