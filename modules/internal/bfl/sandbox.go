package bfl

import (
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"aigc/app/sandbox"
)

// drawTime is how long a job takes in the sandbox.
const drawTime = 400 * time.Millisecond

// Sandbox is the vendor's imitation.
func Sandbox() sandbox.Imitation { return sandbox.Imitation{Vendor: Vendor(), Handler: imitate} }

// imitate answers as Black Forest Labs does.
func imitate(k *sandbox.Kit) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/credits", keyed(func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]float64{"credits": 1000})
	}))
	mux.HandleFunc("GET /v1/get_result", keyed(func(w http.ResponseWriter, r *http.Request) { answerPoll(k, w, r) }))
	mux.HandleFunc("POST /v1/{model}", keyed(func(w http.ResponseWriter, r *http.Request) { accept(k, w, r) }))
	mux.HandleFunc("GET /results/{name}", func(w http.ResponseWriter, r *http.Request) { deliver(k, w, r) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "Not Found") })
	return mux
}

func keyed(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Key") != sandbox.Key {
			refuse(w, http.StatusForbidden, "Not authenticated")
			return
		}
		h(w, r)
	}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, text string) {
	reply(w, status, map[string]string{"detail": text})
}

// stored is what the sandbox keeps of a job.
type stored struct {
	request
	Sides [2]int `json:"sides"` // of the result
}

// maxBody of a request, in bytes: ten pictures of 20 MB and a little more.
const maxBody = 210 << 20

func accept(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	model := r.PathValue("model")
	if !imitated(model) {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		refuse(w, http.StatusBadRequest, "There was an error parsing the body")
		return
	}
	req, faults := inspect(model, body)
	o := k.Order(r, req.Prompt)
	switch {
	case len(faults) > 0:
		reply(w, http.StatusUnprocessableEntity, map[string][]complaint{"detail": faults})
	case o.Has("400"):
		refuse(w, http.StatusBadRequest, "The sandbox was asked for a 400.")
	case o.Has("401"):
		refuse(w, http.StatusForbidden, "Not authenticated")
	case o.Has("402"):
		refuse(w, http.StatusPaymentRequired, "Insufficient credits. Please add credits to your account.")
	case o.Again("429"):
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, "Too many active tasks. Please wait for the others to finish.")
	default:
		o.Buy()
		begin(k, o, w, r, model, req)
	}
}

// begin stores a paid job and answers with its ticket.
func begin(k *sandbox.Kit, o *sandbox.Order, w http.ResponseWriter, r *http.Request, model string, req request) {
	keep := stored{request: req, Sides: canvas(model, req)}
	inputs := keep.drop()
	id := sandbox.NewID()
	if _, err := k.Jobs.Accept(o, id, model, req.Prompt, keep, drawTime); err != nil {
		refuse(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	area := float64(keep.Sides[0]*keep.Sides[1]) / (1 << 20)
	out, _ := json.Marshal(submitted{ // plain values
		ID: id, PollingURL: "http://" + r.Host + "/" + k.Vendor + "/v1/get_result?id=" + id,
		Cost: json.Number(strconv.FormatFloat(credits(model, area, inputs), 'f', 2, 64)), InputMP: float64(inputs), OutputMP: math.Round(float64(keep.Sides[0]*keep.Sides[1])/1e4) / 100,
	})
	o.Answer(w, http.StatusOK, out)
}

// drop forgets the pictures, which are not worth keeping, and counts them.
func (r *request) drop() int {
	n := len(r.Images)
	for _, slot := range append(r.slots(), &r.ImagePrompt) {
		if *slot != "" {
			n++
		}
		*slot = ""
	}
	r.Images = nil
	return n
}

// credits is what a job costs, about as the price list of mid-2026 says.
func credits(model string, area float64, inputs int) float64 {
	switch {
	case strings.HasPrefix(model, "flux-2-klein"):
		return 1.5 + 0.2*max(0, area-1+float64(inputs))
	case model == "flux-2-max":
		return 7 + 3*max(0, area-1+float64(inputs))
	case model == "flux-2-flex":
		return 5 * max(1, area+float64(inputs))
	case strings.HasPrefix(model, "flux-2"):
		return 3 + 1.5*max(0, area-1+float64(inputs))
	case strings.HasPrefix(model, "flux-3"):
		return 4.8
	case model == "flux-pro-1.1-ultra":
		return 6
	case model == "flux-dev":
		return 2.5
	}
	return 4
}
