package sandbox

import (
	"cmp"
	"encoding/json"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
	"aigc/modules/internal/jimeng"
)

// New makes an imitation that serves these models, by their req_key.
func New(models ...string) sandbox.Imitation {
	return sandbox.Imitation{
		Vendor:   jimeng.Vendor(),
		Complete: func(a *provider.Account) { a.AccessKey = accessKey },
		Handler: func(k *sandbox.Kit) http.Handler {
			mux := http.NewServeMux()
			mux.HandleFunc("POST /{$}", server{k, models}.serve)
			mux.HandleFunc("GET /results/{name}", k.Results(24*time.Hour))
			return mux
		},
	}
}

type server struct {
	*sandbox.Kit
	models []string
}

func (s server) serve(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body)
	b, bad := sandbox.ParseJSON(data)
	switch q := r.URL.Query(); {
	case err != nil || r.Header.Get("Authorization") != signature(r, data):
		gatewayError(w, "SignatureDoesNotMatch")
	case bad == nil && q.Get("Version") == "2022-08-31" && q.Get("Action") == "CVSync2AsyncSubmitTask":
		s.submit(w, r, b)
	case bad == nil && q.Get("Version") == "2022-08-31" && q.Get("Action") == "CVSync2AsyncGetResult":
		s.poll(w, b)
	default:
		reply(w, 400, 50215, "Input invalid for this service", nil)
	}
}

// gatewayError answers 401 in the format of the gateway.
func gatewayError(w http.ResponseWriter, code string) {
	sandbox.Reply(w, http.StatusUnauthorized, map[string]any{"ResponseMetadata": map[string]any{
		"RequestId": sandbox.NewID(), "Service": "cv", "Region": "cn-north-1", "Error": map[string]any{"CodeN": 100010, "Code": code, "Message": "Not signed as it should be."},
	}})
}

// reply answers in the format of the service.
func reply(w http.ResponseWriter, status, code int, message string, data any) {
	sandbox.Reply(w, status, envelope(code, message, data))
}

func envelope(code int, message string, data any) map[string]any {
	return map[string]any{"code": code, "message": message, "status": code, "data": data, "request_id": sandbox.NewID(), "time_elapsed": "1.0ms"}
}

func (s server) submit(w http.ResponseWriter, r *http.Request, b sandbox.Body) {
	o, k := s.Request(r, b.Text("prompt")), modelSpecs[b.Text("req_key")]
	fault := k.problem(b)
	switch name := o.Ordered("400", "401", "refuse", "429"); {
	case !slices.Contains(s.models, b.Text("req_key")):
		reply(w, 400, 50400, "Access Denied", nil)
	case fault != "" || name == "400":
		reply(w, 400, 50215, "Input invalid for this service: "+cmp.Or(fault, "the sandbox was asked for that"), nil)
	case name == "401":
		gatewayError(w, "InvalidAccessKey")
	case name == "refuse":
		reply(w, 400, 50412, "Text Risk Not Pass", nil)
	case name == "429":
		w.Header().Set("Retry-After", "1")
		reply(w, 429, 50429, "Request Has Reached API Limit, Please Try Later", nil)
	default:
		s.accept(w, r, o, k, b)
	}
}

// accept records the purchase and starts a job, whose images are drawn when they
// are fetched.
func (s server) accept(w http.ResponseWriter, r *http.Request, o *sandbox.Request, k modelSpec, b sandbox.Body) {
	model, prompt := b.Text("req_key"), b.Text("prompt")
	addresses, area := make([]string, 1), int(math.Sqrt(b.Number("size")))
	if k.v4 && !b.Flag("force_single") { // the model decides how many
		addresses = make([]string, min(3, 15-len(b.Texts("image_urls"))))
	}
	for i := range addresses {
		d := sandbox.Drawing{Format: k.format, Spec: picture.Spec{
			Prompt: prompt, Width: cmp.Or(b.Int("width"), area, k.defaultSide), Height: cmp.Or(b.Int("height"), area, k.defaultSide),
			Seed: cmp.Or(uint64(max(0, b.Int("seed"))), rand.Uint64()),
		}}
		addresses[i], _ = s.Offer(r, o, model, prompt, d) // the URL of one that could not be stored answers 403
	}
	o.RecordPurchase()
	id := strconv.FormatInt(7e18+rand.Int64N(1e18), 10) // more digits than a JSON number keeps as float64
	if _, err := s.Jobs.Accept(o, id, model, prompt, addresses, 200*time.Millisecond); err != nil {
		reply(w, 500, 50500, "Internal Error", nil)
		return
	}
	body, _ := json.Marshal(envelope(10000, "Success", map[string]any{"task_id": id})) // plain values
	o.Answer(w, http.StatusOK, body)
}

func (s server) poll(w http.ResponseWriter, b sandbox.Body) {
	how, err := sandbox.ParseJSON(b.Text("req_json"))
	if err != nil || len(b.Problems(pollFields, "")) > 0 || len(how.Problems(deliveryFields, "")) > 0 || !how.Flag("return_url") {
		reply(w, 400, 50215, "Input invalid for this service: the sandbox hands out addresses only", nil)
		return
	}
	data := map[string]any{"status": "generating", "image_urls": nil, "binary_data_base64": nil}
	job, found := s.Jobs.Find(b.Text("task_id"))
	o := s.JobRequest(job)
	switch polled := s.Jobs.Polled(job.ID); {
	case !found || job.Model != b.Text("req_key"):
		data["status"] = "not_found"
	case o.Has("status") && polled <= 3:
		data["status"] = o.Faults["status"]
	case job.Progress() < 1:
	case o.Has("fail"):
		data["status"] = "expired"
	case o.Has("refuse-output"):
		reply(w, 400, 50511, "Post Img Risk Not Pass", nil)
		return
	default:
		data["status"], data["image_urls"] = "done", job.Input
	}
	reply(w, http.StatusOK, 10000, "Success", data)
}
