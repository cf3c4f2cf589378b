package ark

import (
	"encoding/json"
	"hash/fnv"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
)

// imitate answers as Ark does.
func imitate(k *sandbox.Kit) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v3/images/generations", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+sandbox.Key {
			refuse(w, http.StatusUnauthorized, "AuthenticationError", "The API key is invalid.")
			return
		}
		sell(k, w, r)
	})
	mux.HandleFunc("GET /results/{name}", func(w http.ResponseWriter, r *http.Request) { deliver(k, w, r) })
	return mux
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]problem{"error": {Code: code, Message: message + " Request id: 0217sandbox", Type: http.StatusText(status)}})
}

func sell(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 512<<20))
	var req request
	var fields map[string]json.RawMessage
	if err != nil || json.Unmarshal(body, &req) != nil || json.Unmarshal(body, &fields) != nil {
		refuse(w, http.StatusBadRequest, "InvalidParameter", "The body is no JSON object.")
		return
	}
	o := k.Order(r, req.Prompt)
	switch bad := complaint(req, fields); {
	case bad != "":
		refuse(w, http.StatusBadRequest, "InvalidParameter", bad)
	case o.Has("400"):
		refuse(w, http.StatusBadRequest, "InvalidParameter", "The sandbox was asked for a 400.")
	case o.Has("401"):
		refuse(w, http.StatusUnauthorized, "AuthenticationError", "The API key is invalid.")
	case o.Has("402"):
		refuse(w, http.StatusForbidden, "AccountOverdueError", "The account has an overdue balance.")
	case o.Has("refuse"):
		refuse(w, http.StatusBadRequest, "InputTextSensitiveContentDetected.PolicyViolation", "The request failed because the input text may contain sensitive information.")
	case o.Has("refuse-output"):
		refuse(w, http.StatusBadRequest, "OutputImageSensitiveContentDetected", "The request failed because the output image may contain sensitive information.")
	case o.Again("429"):
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, "ModelAccountIpmRateLimitExceeded", "The images per minute limit was reached.")
	default:
		o.Buy()
		o.Work(r, 200*time.Millisecond)
		o.Answer(w, http.StatusOK, draw(k, o, r, req))
	}
}

// complaint is what the real service would say of a request.
func complaint(req request, fields map[string]json.RawMessage) string {
	t := TraitsOf(req.Model)
	w, h, explicit := parseSize(req.Size)
	for field, ok := range map[string]bool{
		"sequential_image_generation": t.Sequential, "stream": t.Sequential, "seed": t.Seeded, "guidance_scale": t.Seeded,
		"output_format": t.Format, "background": t.Layered, "layer_decomposition": t.Layered, "tools": t.Search,
	} {
		if _, there := fields[field]; there && !ok {
			return "The parameter " + field + " is not valid for the model."
		}
	}
	switch {
	case req.Prompt == "" || req.Model == "":
		return "prompt and model are required."
	case explicit && (w*h < t.MinPixels || w*h > t.MaxPixels):
		return "The size is outside of the model's range."
	case req.Size != "" && !explicit && !slices.Contains(t.Tiers, req.Size):
		return "The size is not valid."
	case len(req.Images) > t.MaxInputs:
		return "Too many images."
	}
	for _, img := range req.Images {
		if head, _, _ := strings.Cut(img, ","); strings.HasPrefix(img, "data:") && head != strings.ToLower(head) {
			return "The image format must be in lower case."
		}
	}
	return ""
}

// drawn is what a result's address needs to be drawn when it is fetched.
type drawn struct {
	Prompt        string
	Seed          uint64
	Width, Height int
	Format        string
}

func draw(k *sandbox.Kit, o *sandbox.Order, r *http.Request, req request) []byte {
	width, height, ok := parseSize(req.Size)
	if !ok {
		side := map[string]int{"1K": 1024, "1.5K": 1536, "3K": 3072, "4K": 4096}[req.Size]
		if side == 0 {
			side = 2048
		}
		width, height = side, side
	}
	format := req.OutputFormat
	if format == "" {
		format = "jpeg"
		if strings.Contains(req.Model, "seedream-5-5") {
			format = "png"
		}
	}
	count := 1
	if req.Sequential == "auto" {
		count = 3
		if req.SequentialOpts != nil && req.SequentialOpts.MaxImages > 0 {
			count = min(count, req.SequentialOpts.MaxImages)
		}
	}
	a := answer{Model: req.Model}
	for i := range count {
		h := fnv.New64a()
		_, _ = io.WriteString(h, req.Prompt+time.Now().String())
		d := drawn{req.Prompt, h.Sum64() + uint64(i), width, height, format}
		job, err := k.Jobs.Accept(o, sandbox.NewID(), req.Model, req.Prompt, d, 0)
		if err != nil {
			continue // fewer pictures than asked
		}
		a.Data = append(a.Data, item{URL: "http://" + r.Host + "/" + k.Vendor + "/results/" + job.ID + "?X-Tos-Signature=sandbox", Size: sides(width, height)})
	}
	a.Usage, _ = json.Marshal(map[string]int{"generated_images": len(a.Data), "output_tokens": width * height / 256 * len(a.Data), "total_tokens": width * height / 256 * len(a.Data)})
	out, _ := json.Marshal(a) // plain values
	return out
}

// deliver draws a result; its address lives a day.
func deliver(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	job, ok := k.Jobs.Find(r.PathValue("name"))
	var d drawn
	if !ok || json.Unmarshal(job.Input, &d) != nil || r.URL.Query().Get("X-Tos-Signature") == "" || time.Since(job.Created) > 24*time.Hour || k.JobOrder(job).Has("expired") {
		http.Error(w, "<Error><Code>AccessDenied</Code></Error>", http.StatusForbidden)
		return
	}
	data, err := k.JobOrder(job).Picture(picture.Spec{Prompt: d.Prompt, Seed: d.Seed, Width: d.Width, Height: d.Height}, d.Format, 0)
	if err != nil {
		http.Error(w, "drawing failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/"+d.Format)
	_, _ = w.Write(data)
}
