package openai

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/kelseyhightower/envconfig"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
)

// The settings have their customary names. The environment belongs to the process, so the
// test is not parallel.
func TestAzureSettings(t *testing.T) {
	const endpoint = "https://res.openai.azure.com"
	type env map[string]string
	full := env{"API_KEY": "key-1", "ENDPOINT": endpoint, "DEPLOYMENTS": "gpt-image-2:images"}
	with := func(name, value string) env {
		e := maps.Clone(full)
		e[name] = value
		return e
	}
	for name, c := range map[string]struct {
		env    env
		models []string // of each account
		wrong  []string // parts of the error, one a line
	}{
		"nothing":                     {env{}, nil, nil},
		"only an endpoint":            {env{"ENDPOINT": endpoint}, nil, nil},
		"one deployment":              {full, []string{"gpt-image-2"}, nil},
		"several":                     {with("DEPLOYMENTS", " gpt-image-2:images, gpt-image-2.5-flare : f"), nil, []string{"DEPLOYMENTS: entry 2 is not model:deployment"}},
		"white space and a comma":     {with("DEPLOYMENTS", " gpt-image-2:images , own_model:_x.1,"), []string{"gpt-image-2", "own_model"}, nil},
		"two models, one deployment":  {with("DEPLOYMENTS", "gpt-image-2:images,gpt-image-2-2026-04-21:images"), []string{"gpt-image-2", "gpt-image-2-2026-04-21"}, nil},
		"newer path":                  {with("API_VERSION", "v1"), []string{"gpt-image-2"}, nil},
		"a stable version":            {with("API_VERSION", "2025-10-01"), []string{"gpt-image-2"}, nil},
		"another host":                {with("ENDPOINT", "https://proxy.example:8443/azure/"), []string{"gpt-image-2"}, nil},
		"other official hosts":        {with("ENDPOINT", "https://res.services.ai.azure.com/"), []string{"gpt-image-2"}, nil},
		"no endpoint":                 {env{"API_KEY": "key-1", "DEPLOYMENTS": "a:b"}, nil, []string{"ENDPOINT: is required with AZURE_OPENAI_API_KEY"}},
		"no deployments":              {env{"API_KEY": "key-1", "ENDPOINT": endpoint}, nil, []string{"DEPLOYMENTS: is required with AZURE_OPENAI_API_KEY"}},
		"only a comma":                {with("DEPLOYMENTS", " , "), nil, []string{"DEPLOYMENTS: is required"}},
		"only a key":                  {env{"API_KEY": "key-1"}, nil, []string{"ENDPOINT: is required", "DEPLOYMENTS: is required"}},
		"no deployment of a model":    {with("DEPLOYMENTS", "gpt-image-2"), nil, []string{"DEPLOYMENTS: entry 1 is not model:deployment"}},
		"half an entry":               {with("DEPLOYMENTS", "gpt-image-2:,:images"), nil, []string{"entry 1 is not", "entry 2 is not"}},
		"too many colons":             {with("DEPLOYMENTS", "gpt-image-2:images:1"), nil, []string{"entry 1 is not"}},
		"other separators":            {with("DEPLOYMENTS", "gpt-image-2:a;gpt-image-1.5:b"), nil, []string{"entry 1 is not"}},
		"JSON":                        {with("DEPLOYMENTS", `{"gpt-image-2":"a"}`), nil, []string{"entry 1 is not"}},
		"an address for a deployment": {with("DEPLOYMENTS", "gpt-image-2:a/../b"), nil, []string{"entry 1 is not"}},
		"a model twice":               {with("DEPLOYMENTS", "gpt-image-2:a,gpt-image-1.5:b,gpt-image-2:c"), nil, []string{"entries 1 and 3 are of the same model"}},
		"/openai":                     {with("ENDPOINT", endpoint+"/openai"), nil, []string{"ENDPOINT: must end before the path"}},
		"/openai/v1/":                 {with("ENDPOINT", endpoint+"/openai/v1/"), nil, []string{"ENDPOINT: must end before the path"}},
		"/openai at another host":     {with("ENDPOINT", "https://proxy.example/azure/OpenAI/"), nil, []string{"ENDPOINT: must end before the path"}},
		"a path of a deployment":      {with("ENDPOINT", "https://proxy.example/openai/deployments/x"), nil, []string{"ENDPOINT: must end before the path"}},
		"a project":                   {with("ENDPOINT", "https://RES.services.ai.azure.com/api/projects/p"), nil, []string{"ENDPOINT: must end before the path"}},
		"http":                        {with("ENDPOINT", "http://res.openai.azure.com"), nil, []string{"ENDPOINT: must begin with https://"}},
		"a version of words":          {with("API_VERSION", "latest"), nil, []string{"API_VERSION: is neither"}},
		"all at once": {env{"API_KEY": "key-1", "ENDPOINT": endpoint + "/openai", "API_VERSION": "V1", "DEPLOYMENTS": "x,a:b,a:c"}, nil,
			[]string{"ENDPOINT: must end", "API_VERSION: is neither", "DEPLOYMENTS: entry 1", "DEPLOYMENTS: entries 2 and 3"}},
		"without a key": {env{"ENDPOINT": endpoint + "/openai", "DEPLOYMENTS": "x"}, nil, []string{"ENDPOINT: must end", "DEPLOYMENTS: entry 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range []string{"API_KEY", "ENDPOINT", "API_VERSION", "DEPLOYMENTS"} {
				t.Setenv("AZURE_OPENAI_"+n, c.env[n]) // an empty one is not set
			}
			if c.env["API_VERSION"] == "" {
				t.Setenv("AZURE_OPENAI_API_VERSION", "2025-04-01-preview")
			}
			s := AzureVendor().Settings()
			if err := envconfig.Process("AZURE_OPENAI", s); err != nil {
				t.Fatal(err)
			}
			list, err := s.Accounts()
			checkFaults(t, err, c.wrong)
			if err != nil {
				return
			}
			if (len(list) == 1) != (c.env["API_KEY"] != "") {
				t.Fatalf("%d accounts", len(list))
			}
			for _, a := range list {
				if !slices.Equal(a.Models, c.models) || a.Variable != "AZURE_OPENAI_API_KEY" || a.IsPair() {
					t.Errorf("%+v", a)
				}
				for _, m := range a.Models {
					if a.Attrs[attrDeployment+m] == "" {
						t.Errorf("no deployment of %s in %v", m, a.Attrs)
					}
				}
			}
		})
	}
}

// checkFaults checks that an error has one fault for each part, in this order, and shows
// no value.
func checkFaults(t *testing.T, err error, parts []string) {
	t.Helper()
	var lines []string
	if err != nil {
		lines = strings.Split(err.Error(), "\n")
	}
	if len(lines) != len(parts) {
		t.Fatalf("%q, want %q", lines, parts)
	}
	for i, part := range parts {
		if !strings.HasPrefix(lines[i], "AZURE_OPENAI_") || !strings.Contains(lines[i], part) || strings.Contains(lines[i], "key-1") {
			t.Errorf("%q, want %q", lines[i], part)
		}
	}
}

// A name is escaped in the address, and no version is before the first that has edits.
func TestAzureAddress(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ version, path, want, model string }{
		"generation":                 {"2025-04-01-preview", generations, "/openai/deployments/my%20d/images/generations?api-version=2025-04-01-preview", ""},
		"edit":                       {"2025-04-01-preview", edits, "/openai/deployments/my%20d/images/edits?api-version=2025-04-01-preview", ""},
		"generation, an old version": {"2024-02-01", generations, "/openai/deployments/my%20d/images/generations?api-version=2024-02-01", ""},
		"edit, an old version":       {"2025-03-01-preview", edits, "", ""},
		"edit, a new version":        {"2026-01-01", edits, "/openai/deployments/my%20d/images/edits?api-version=2026-01-01", ""},
		"newer path":                 {"v1", edits, "/openai/v1/images/edits", "my d"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call := provider.Call{Model: "m", Account: provider.Account{Attrs: map[string]string{attrVersion: c.version, attrDeployment + "m": "my d"}}}
			body := imageRequest{Model: "m"}
			got, err := azureAddress(call, c.path, &body)
			if got != c.want || (err == nil) != (c.want != "") || err == nil && body.Model != c.model {
				t.Errorf("%q with model %q, %v", got, body.Model, err)
			}
			if _, err := url.Parse(got); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAzureHosts(t *testing.T) {
	t.Parallel()
	for address, own := range map[string]bool{
		"https://res.openai.azure.com": true, "https://res.cognitiveservices.azure.com": true, "https://res.services.ai.azure.com": true,
		"https://openai.azure.com.evil.example": false, "https://evilopenai.azure.com": false, "https://api.openai.com/v1": false,
	} {
		if AzureVendor().IsOfficialHost(address) != own {
			t.Errorf("%s: official is not %t", address, own)
		}
	}
}

// Of no 5xx it is documented that the request was not accepted.
func FuzzAzureAnswer(f *testing.F) {
	job := module.Sync[GenerateInput](AzureVendor(), azureForAnyModel{}, module.Terms{}).AnyDriver
	providertest.FuzzSubmit(f, job, "gpt-image-2", `{"prompt":"x"}`, nil,
		providertest.Seed{Status: 200, Body: `{"created":1,"data":[{"b64_json":"aGk=","content_filter_results":{"hate":{"filtered":false}}}],"usage":{"input_tokens":1,"output_tokens":1}}`},
		providertest.Seed{Status: 200, Body: `{"data":[{"b64_json":"aGk="}],"usage":7,"prompt_filter_results":[null]}`},
		providertest.Seed{Status: 200, Body: `{"data":[],"content_filter_results":"x"}`},
		providertest.Seed{Status: 400, Body: `{"error":{"code":"contentFilter","message":"no","inner_error":{"code":"ResponsibleAIPolicyViolation"}}}`},
		providertest.Seed{Status: 400, Body: `{"error":{"code":7,"message":"no","inner_error":[]}}`},
		providertest.Seed{Status: 404, Body: `{"error":{"code":"DeploymentNotFound","message":"sk-fuzz-0123456789"}}`},
		providertest.Seed{Status: 503, Body: `{"error":{"code":"server_is_overloaded"}}`},
	)
}

// azureForAnyModel generates with an account that has the model's deployment.
type azureForAnyModel struct{ Generator }

// Generate implements [provider.Generator].
func (azureForAnyModel) Generate(ctx context.Context, c provider.Call, in GenerateInput) (provider.Answer, error) {
	c.Account.Attrs = map[string]string{attrVersion: pathV1, attrDeployment + c.Model: "d"}
	return Generator{Azure: true}.Generate(ctx, c, in)
}
