package apptest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"aigc/app/apptest"
	"aigc/app/task"
)

// azureResource is an Azure OpenAI resource with the deployment "images", which reads
// requests by itself and records what is wrong with them.
type azureResource struct {
	mu     sync.Mutex
	paths  []string // of accepted requests
	faults []string
}

const azureKey = "azure-key-0123456789"

// ServeHTTP implements [http.Handler].
func (a *azureResource) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	bad := func(format string, args ...any) { a.faults = append(a.faults, fmt.Sprintf(format, args...)) }
	if r.Header.Get("api-key") != azureKey || r.Header.Get("Authorization") != "" || r.Method != http.MethodPost || r.URL.RawQuery != "api-version=2025-04-01-preview" {
		bad("%s %s %v", r.Method, r.URL, slices.Sorted(maps.Keys(r.Header)))
	}
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(r.URL.Path, "/openai/deployments/gone/") {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}`)
		return
	}
	var fields []string
	switch r.URL.Path {
	case "/openai/deployments/images/images/generations":
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			bad("%v", err)
		}
		fields = slices.Collect(maps.Keys(body))
	case "/openai/deployments/images/images/edits":
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			bad("%v", err)
			break
		}
		fields = slices.Collect(maps.Keys(r.MultipartForm.Value))
		if len(r.MultipartForm.File["image"]) != 1 {
			bad("files %v", r.MultipartForm.File)
		}
	default:
		bad("path %s", r.URL.Path)
	}
	for _, f := range fields {
		if !slices.Contains([]string{"prompt", "size", "quality", "output_format"}, f) {
			bad("field %s", f)
		}
	}
	a.paths = append(a.paths, r.URL.Path)
	_, _ = io.WriteString(w, `{"created":1,"data":[{"b64_json":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",`+
		`"content_filter_results":{"hate":{"filtered":false}}}],"usage":{"input_tokens":1,"output_tokens":2}}`)
}

// A server with a resource of Azure OpenAI buys by its deployments, and says what is wrong
// with their list.
func TestAzureOpenAI(t *testing.T) {
	t.Parallel()
	resource := &azureResource{}
	vendor := httptest.NewServer(resource)
	t.Cleanup(vendor.Close)
	p := apptest.StartAll(t, apptest.Binary(t, "faults"), t.TempDir(), "AZURE_OPENAI_API_KEY="+azureKey, "AZURE_OPENAI_ENDPOINT="+vendor.URL+"/",
		"AZURE_OPENAI_DEPLOYMENTS=gpt-image-2:images,gpt-image-2.5-flare:gone", "GPT_ROUTE=azure")
	const dot = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAAD0lEQVR42mP4jwYYRrYAAID5/wGR6yAaAAAAAElFTkSuQmCC"
	for _, call := range []struct{ path, input string }{
		{"/api/gpt/generations", `{"prompt":"a red fox"}`},
		{"/api/gpt/edits", `{"prompt":"make it blue","image":"` + dot + `"}`},
	} {
		v := p.Do("POST", call.path, call.input).View(t)
		if v.Status != task.Succeeded || v.Model != "gpt-image-2" || v.Cost.Actual != nil || !strings.Contains(string(v.Usage), `"content_filter_results"`) {
			t.Errorf("%s: %+v", call.path, v)
		}
	}
	gone := p.Do("POST", "/api/gpt/generations", `{"prompt":"a red fox","model":"gpt-image-2.5-flare"}`)
	if body := string(gone.Body); gone.Status != 503 || !strings.Contains(body, "vendor_deployment_unknown") || !strings.Contains(body, `\"gone\"`) || !strings.Contains(body, `"charged":"no"`) {
		t.Errorf("%d %s", gone.Status, body)
	}
	unlisted := p.Do("POST", "/api/gpt/generations", `{"prompt":"a red fox","model":"gpt-image-2.6-flare"}`)
	if unlisted.Status != 503 || !strings.Contains(string(unlisted.Body), "no_vendor_key") {
		t.Errorf("%d %s", unlisted.Status, unlisted.Body)
	}
	mask := p.Do("POST", "/api/gpt/edits", `{"prompt":"make it blue","image":"`+dot+`","mask":"`+dot+`"}`)
	if mask.Status != 422 || !strings.Contains(string(mask.Body), "mask") {
		t.Errorf("a mask without transparency: %d %s", mask.Status, mask.Body)
	}
	resource.mu.Lock()
	defer resource.mu.Unlock()
	if len(resource.faults) > 0 || len(resource.paths) != 2 {
		t.Errorf("%d purchases; faults: %q", len(resource.paths), resource.faults)
	}
	if strings.Contains(p.Log(), azureKey) {
		t.Error("the key is in the log")
	}

	wrong := apptest.Run(t, apptest.Binary(t, "faults"), []string{"AZURE_OPENAI_API_KEY=" + azureKey, "AZURE_OPENAI_ENDPOINT=https://res.openai.azure.com/openai", "AZURE_OPENAI_DEPLOYMENTS=gpt-image-2"}, "all")
	<-wrong.Ended()
	for _, want := range []string{"the settings have 2 fault(s)", "\n  AZURE_OPENAI_ENDPOINT: must end before the path", "\n  AZURE_OPENAI_DEPLOYMENTS: entry 1 is not"} {
		if !strings.Contains(wrong.Log(), want) {
			t.Errorf("exit %d without %q:\n%s", wrong.ExitCode(), want, wrong.Log())
		}
	}
}
