package vertex

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
)

// filmTime is how long a clip takes in the sandbox.
const filmTime = 1500 * time.Millisecond

// sandboxAccount is the service account that the imitation knows.
func sandboxAccount(base string) (provider.Secret, map[string]string) {
	key, _ := json.Marshal(keyFile{ // plain strings
		Type: "service_account", ProjectID: "sandbox", ClientEmail: imitationMail,
		PrivateKey: imitationKey, KeyID: "sandbox", TokenURI: base + "/token",
	})
	return provider.Secret(key), map[string]string{attrProject: "sandbox", attrLocation: "us-central1", attrGCS: base + "/gcs"}
}

// Sandbox is the vendor's imitation.
func Sandbox() sandbox.Imitation {
	return sandbox.Imitation{Vendor: Vendor(), Handler: imitate, Complete: func(a *provider.Account) {
		a.Secret, a.Attrs = sandboxAccount(a.BaseURL)
	}}
}

// imitate answers as Google does.
func imitate(k *sandbox.Kit) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) { giveToken(k, w, r) })
	mux.HandleFunc("POST /v1/projects/{project}/locations/{location}/publishers/google/models/{call}", keyed(func(w http.ResponseWriter, r *http.Request) {
		model, verb, _ := strings.Cut(r.PathValue("call"), ":")
		switch verb {
		case "predictLongRunning":
			accept(k, w, r, model)
		case "fetchPredictOperation":
			fetchOperation(k, w, r)
		default:
			refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", "Veo models are called by predictLongRunning.")
		}
	}))
	mux.HandleFunc("GET /gcs/storage/v1/b/{bucket}/o", keyed(func(w http.ResponseWriter, r *http.Request) { list(k, w, r) }))
	mux.HandleFunc("GET /gcs/storage/v1/b/{bucket}/o/{object}", keyed(func(w http.ResponseWriter, r *http.Request) { download(k, w, r) }))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "NOT_FOUND", "The requested URL was not found.")
	})
	return mux
}

func keyed(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+sandboxToken {
			refuse(w, http.StatusUnauthorized, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		h(w, r)
	}
}

func refuse(w http.ResponseWriter, code int, name, message string, details ...detail) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": code, "message": message, "status": name, "details": details}})
}

// maxBody of a request, in bytes: a film and pictures of 50 MB each as base64.
const maxBody = 512 << 20

func accept(k *sandbox.Kit, w http.ResponseWriter, r *http.Request, model string) {
	var req Request
	if err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&req); err != nil || len(req.Instances) != 1 {
		refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", "One instance is expected.")
		return
	}
	in := &req.Instances[0]
	o := k.Order(r, in.Prompt)
	fault := inspect(model, req)
	switch {
	case !imitated(model):
		refuse(w, http.StatusNotFound, "NOT_FOUND", "Publisher Model `"+model+"` was not found or your project does not have access to it.")
	case fault != "":
		refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", fault)
	case o.Has("400"):
		refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", "The sandbox was asked for a 400.")
	case o.Has("401"):
		refuse(w, http.StatusUnauthorized, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
	case o.Has("402"):
		refuse(w, http.StatusForbidden, "PERMISSION_DENIED", "This API method requires billing to be enabled.",
			detail{Type: "type.googleapis.com/google.rpc.ErrorInfo", Reason: "BILLING_DISABLED"})
	case o.Again("429"):
		refuse(w, http.StatusTooManyRequests, "RESOURCE_EXHAUSTED", "Quota exceeded for aiplatform.googleapis.com/online_prediction_requests_per_base_model.",
			detail{Type: "type.googleapis.com/google.rpc.RetryInfo", Delay: "1s"})
	default:
		o.Buy()
		in.Image, in.LastFrame, in.Video, in.ReferenceImages = nil, nil, nil, nil // not worth keeping
		id := sandbox.NewID()
		if p := req.Parameters; p.StorageURI != "" {
			id = bucketJob(strings.TrimPrefix(p.StorageURI, "gs://"))
		}
		if _, err := k.Jobs.Accept(o, id, model, in.Prompt, req, filmTime); err != nil {
			refuse(w, http.StatusInternalServerError, "INTERNAL", "The job could not be kept.")
			return
		}
		name := strings.TrimPrefix(strings.TrimSuffix(r.URL.Path, ":predictLongRunning"), "/v1/") + "/operations/" + id
		out, _ := json.Marshal(map[string]string{"name": name}) // a string
		o.Answer(w, http.StatusOK, out)
	}
}
