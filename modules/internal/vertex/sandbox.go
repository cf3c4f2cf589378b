package vertex

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"hash/fnv"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/film"
)

// filmTime is how long a clip takes in the sandbox.
const filmTime = 1500 * time.Millisecond

const sandboxToken = "sandbox-token"

// sandboxAccount is the service account that the imitation knows.
func sandboxAccount(base string) (provider.Secret, map[string]string) {
	key, _ := json.Marshal(keyFile{ // plain strings
		Type: "service_account", ProjectID: "sandbox", ClientEmail: "sandbox@sandbox.iam.gserviceaccount.com",
		PrivateKey: imitationKey, KeyID: "sandbox", TokenURI: base + "/token",
	})
	return provider.Secret(key), map[string]string{attrProject: "sandbox", attrLocation: "us-central1", attrGCS: base + "/gcs"}
}

// imitate answers as Google does.
func imitate(k *sandbox.Kit) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", token)
	mux.HandleFunc("POST /v1/projects/{project}/locations/{location}/publishers/google/models/{call}", keyed(func(w http.ResponseWriter, r *http.Request) {
		model, verb, _ := strings.Cut(r.PathValue("call"), ":")
		switch verb {
		case "predictLongRunning":
			accept(k, w, r, model)
		case "fetchPredictOperation":
			fetchOperation(k, w, r)
		default:
			refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", "Use predictLongRunning.")
		}
	}))
	mux.HandleFunc("GET /gcs/storage/v1/b/{bucket}/o", keyed(func(w http.ResponseWriter, r *http.Request) { list(k, w, r) }))
	mux.HandleFunc("GET /gcs/storage/v1/b/{bucket}/o/{object}", keyed(func(w http.ResponseWriter, r *http.Request) { download(k, w, r) }))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "NOT_FOUND", "The requested URL was not found.")
	})
	return mux
}

var publicKey = sync.OnceValue(func() *rsa.PublicKey {
	block, _ := pem.Decode([]byte(imitationKey))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		panic(err) // a constant of this package
	}
	return &key.(*rsa.PrivateKey).PublicKey
})

// token checks the assertion's signature, as Google's endpoint does.
func token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	head, signature, ok := cutLast(r.PostFormValue("assertion"))
	sig, err := base64.RawURLEncoding.DecodeString(signature)
	sum := sha256.Sum256([]byte(head))
	if !ok || err != nil || rsa.VerifyPKCS1v15(publicKey(), crypto.SHA256, sum[:], sig) != nil {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_grant","error_description":"Invalid JWT Signature."}`)
		return
	}
	_, _ = io.WriteString(w, `{"access_token":"`+sandboxToken+`","token_type":"Bearer","expires_in":3600}`)
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return "", "", false
	}
	return s[:i], s[i+1:], true
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

func refuse(w http.ResponseWriter, code int, name, message string, details ...any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": code, "message": message, "status": name, "details": details}})
}

func accept(k *sandbox.Kit, w http.ResponseWriter, r *http.Request, model string) {
	var req Request
	if err := json.NewDecoder(io.LimitReader(r.Body, 512<<20)).Decode(&req); err != nil || len(req.Instances) != 1 {
		refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", "One instance is expected.")
		return
	}
	in, p := &req.Instances[0], req.Parameters
	o := k.Order(r, in.Prompt)
	switch {
	case !strings.HasPrefix(model, "veo-"):
		refuse(w, http.StatusNotFound, "NOT_FOUND", "Publisher Model was not found.")
	case in.Prompt == "" && in.Image == nil && in.Video == nil:
		refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", "A prompt is required.")
	case p.DurationSeconds != 0 && p.DurationSeconds != 4 && p.DurationSeconds != 6 && p.DurationSeconds != 8,
		p.AspectRatio != "" && p.AspectRatio != "16:9" && p.AspectRatio != "9:16", p.SampleCount > 4, in.LastFrame != nil && in.Image == nil:
		refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", "A parameter is out of its range.")
	case o.Has("400"):
		refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", "The sandbox was asked for a 400.")
	case o.Has("401"):
		refuse(w, http.StatusUnauthorized, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
	case o.Has("402"):
		refuse(w, http.StatusForbidden, "BILLING_DISABLED", "This API method requires billing to be enabled.")
	case o.Again("429"):
		refuse(w, http.StatusTooManyRequests, "RESOURCE_EXHAUSTED", "Quota exceeded for aiplatform.googleapis.com/online_prediction_requests_per_base_model.",
			map[string]string{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"})
	default:
		o.Buy()
		in.Image, in.LastFrame, in.Video, in.ReferenceImages = nil, nil, nil, nil // not worth keeping
		id := sandbox.NewID()
		if p.StorageURI != "" {
			id = objectID(p.StorageURI)
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

// objectID names a job after where its clips go, so that they are found there.
func objectID(uri string) string {
	h := fnv.New128a()
	_, _ = io.WriteString(h, strings.Trim(strings.TrimPrefix(uri, "gs://"), "/"))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func fetchOperation(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	var q struct {
		OperationName string `json:"operationName"`
	}
	_ = json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&q) // an empty name is not found
	_, id, _ := strings.Cut(q.OperationName, "/operations/")
	job, ok := k.Jobs.Find(id)
	if !ok {
		refuse(w, http.StatusNotFound, "NOT_FOUND", "The operation was not found.")
		return
	}
	o := k.JobOrder(job)
	out := map[string]any{"name": q.OperationName}
	switch {
	case o.Has("status") && k.Jobs.Polled(id) <= 3:
		out["metadata"] = map[string]string{"state": o.Faults["status"]}
	case job.Progress() < 1:
	case o.Has("fail"):
		out["done"], out["error"] = true, map[string]any{"code": 13, "message": "Video generation failed because of an internal issue."}
	case o.Has("refuse"), o.Has("refuse-output"):
		out["done"], out["response"] = true, map[string]any{
			"@type":                 "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse",
			"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": []string{"The prompt could not be used to create the clip. Support codes: 42237218."},
		}
	default:
		out["done"], out["response"] = true, map[string]any{
			"@type":                 "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse",
			"raiMediaFilteredCount": 0, "videos": clips(o, job),
		}
	}
	_ = json.NewEncoder(w).Encode(out)
}

// clips are inline, or names of objects under the prefix that was asked for.
func clips(o *sandbox.Order, job sandbox.Job) []map[string]string {
	var req Request
	_ = json.Unmarshal(job.Input, &req) // written by accept
	var out []map[string]string
	for i := range max(1, req.Parameters.SampleCount) {
		if uri := req.Parameters.StorageURI; uri != "" {
			out = append(out, map[string]string{"gcsUri": uri + "sample_" + string(rune('0'+i)) + ".mp4", "mimeType": "video/mp4"})
			continue
		}
		data, err := shoot(o, req, i)
		if err != nil {
			continue // fewer clips than asked
		}
		text := base64.StdEncoding.EncodeToString(data)
		if o.Has("badbase64") {
			text = text[:len(text)/2] + "*!*!" + text[len(text)/2+4:]
		}
		out = append(out, map[string]string{"bytesBase64Encoded": text, "mimeType": "video/mp4"})
	}
	return out
}

func shoot(o *sandbox.Order, req Request, n int) ([]byte, error) {
	p := req.Parameters
	short := map[string]int{"1080p": 1080, "4k": 2160}[p.Resolution]
	if short == 0 {
		short = 720
	}
	width, height := short*16/9, short
	if p.AspectRatio == "9:16" {
		width, height = height, width
	}
	seconds := p.DurationSeconds
	if seconds == 0 {
		seconds = 8
	}
	h := fnv.New64a()
	_, _ = io.WriteString(h, req.Instances[0].Prompt)
	seed := h.Sum64() + uint64(n)
	if p.Seed != nil {
		seed = uint64(*p.Seed) + uint64(n)
	}
	return o.Film(film.Spec{Prompt: req.Instances[0].Prompt, Seed: seed, Width: width, Height: height, Seconds: seconds, FPS: 24})
}

// list shows the finished clips under a prefix, which names one job.
func list(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	prefix := r.URL.Query().Get("prefix")
	items := []map[string]string{}
	if job, ok := k.Jobs.Find(objectID(r.PathValue("bucket") + "/" + prefix)); ok && job.Progress() >= 1 {
		items = append(items, map[string]string{"name": prefix + "sample_0.mp4"})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"kind": "storage#objects", "items": items})
}

func download(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	folder, _, _ := strings.Cut(r.PathValue("object"), "sample_")
	job, ok := k.Jobs.Find(objectID(r.PathValue("bucket") + "/" + folder))
	var req Request
	if !ok || json.Unmarshal(job.Input, &req) != nil || k.JobOrder(job).Has("expired") {
		refuse(w, http.StatusNotFound, "NOT_FOUND", "No such object.")
		return
	}
	data, err := shoot(k.JobOrder(job), req, 0)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "INTERNAL", "The clip could not be made.")
		return
	}
	w.Header().Set("Content-Type", "video/mp4")
	_, _ = w.Write(data)
}
