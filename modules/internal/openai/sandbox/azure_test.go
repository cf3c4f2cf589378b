package sandbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
	openaisandbox "aigc/modules/internal/openai/sandbox"
)

// The imitation of an Azure OpenAI resource checks key, deployment, version and where the
// model is named.
func TestAzureImitation(t *testing.T) {
	t.Parallel()
	i := openaisandbox.NewAzure("gpt-image-2", "gpt-image-2.6-flare")
	base := i.Account(sandboxtest.Start(t, i).Root()).BaseURL + "/openai"
	const deployment, version = "/deployments/sandbox_gpt-image-2", "?api-version=2025-04-01-preview"
	const generations = "/images/generations"
	key := map[string]string{"api-key": sandbox.Key}
	for name, c := range map[string]struct {
		path   string
		header map[string]string
		body   string
		status int
		code   string // of the error; empty: accepted
	}{
		"accepted":                      {deployment + generations + version, key, `{"prompt":"x","size":"1024x640"}`, 200, ""},
		"newer path":                    {"/v1" + generations, key, `{"prompt":"x","model":"sandbox_gpt-image-2","size":"1024x640"}`, 200, ""},
		"fields of the model":           {"/v1" + generations, key, `{"prompt":"x","model":"sandbox_gpt-image-2-6-flare","complexity":"low","output_format":"svg"}`, 200, ""},
		"fields of another model":       {deployment + generations + version, key, `{"prompt":"x","complexity":"low"}`, 400, "unknown_parameter"},
		"another key":                   {deployment + generations + version, map[string]string{"api-key": "wrong"}, `{"prompt":"x"}`, 401, "401"},
		"key of OpenAI's kind":          {deployment + generations + version, map[string]string{"Authorization": "Bearer " + sandbox.Key}, `{"prompt":"x"}`, 401, "401"},
		"no version":                    {deployment + generations, key, `{"prompt":"x"}`, 404, "404"},
		"version of the newer path":     {"/v1" + generations + version, key, `{"prompt":"x","model":"sandbox_gpt-image-2"}`, 404, "404"},
		"no deployment":                 {"/deployments/gpt-image-2" + generations + version, key, `{"prompt":"x"}`, 404, "DeploymentNotFound"},
		"no deployment, newer path":     {"/v1" + generations, key, `{"prompt":"x","model":"gpt-image-2"}`, 404, "DeploymentNotFound"},
		"no model, newer path":          {"/v1" + generations, key, `{"prompt":"x"}`, 404, "DeploymentNotFound"},
		"deployment and model":          {deployment + generations + version, key, `{"prompt":"x","model":"gpt-image-2"}`, 400, "unknown_parameter"},
		"another call":                  {deployment + "/images/variations" + version, key, `{"prompt":"x"}`, 404, "404"},
		"no JSON":                       {deployment + generations + version, key, `x`, 400, ""},
		"throttled":                     {deployment + generations + version, key, `{"prompt":"x [[429]]"}`, 429, "429"},
		"refused":                       {deployment + generations + version, key, `{"prompt":"x [[refuse]]"}`, 400, "contentFilter"},
		"a path of OpenAI":              {"/../v1" + generations, key, `{"prompt":"x","model":"gpt-image-2"}`, 404, "404"},
		"overload is documented for no": {deployment + generations + version, key, `{"prompt":"x [[503]]","size":"1024x640"}`, 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range c.header {
				r.Header.Set(k, v)
			}
			status, got := sandboxtest.Do(t, r)
			var a struct {
				Error struct {
					Code  string
					Inner struct{ Code string } `json:"inner_error"`
				}
				Data []struct {
					Filters json.RawMessage `json:"content_filter_results"`
				}
			}
			_ = json.Unmarshal(got, &a) // a body that is no JSON has no code
			switch {
			case status != c.status || c.code != "" && a.Error.Code != c.code:
				t.Fatalf("%d %s", status, got)
			case c.status == 200 && (len(a.Data) == 0 || a.Data[0].Filters == nil):
				t.Errorf("%d images, without findings of the filters", len(a.Data))
			case c.code == "contentFilter" && a.Error.Inner.Code != "ResponsibleAIPolicyViolation":
				t.Errorf("%s", got)
			}
		})
	}
}
