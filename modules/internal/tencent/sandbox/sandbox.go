package sandbox

import (
	"cmp"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
	"aigc/modules/internal/tencent"
)

// New makes an imitation of the action for HunyuanImage 3.0, the only model.
func New() sandbox.Imitation {
	return sandbox.Imitation{
		Vendor:   tencent.Vendor(),
		Complete: func(a *provider.Account) { a.AccessKey = secretID },
		Handler: func(k *sandbox.Kit) http.Handler {
			mux := http.NewServeMux()
			mux.HandleFunc("POST /{$}", server{k}.serve)
			mux.HandleFunc("GET /results/{name}", k.Results(time.Hour))
			return mux
		},
	}
}

type server struct{ *sandbox.Kit }

func (s server) serve(w http.ResponseWriter, r *http.Request) {
	data, _ := io.ReadAll(r.Body) // the signature of a body that is cut short is wrong
	b, bad := sandbox.ParseJSON(data)
	h := r.Header.Get
	switch refused := keyProblem(r, data); {
	case refused != nil:
		refused.send(w)
	case h("X-TC-Version") != "2022-12-29":
		apiError{"InvalidParameter", "The version is not 2022-12-29."}.send(w)
	case h("X-TC-Region") != "ap-guangzhou":
		apiError{"UnsupportedRegion", "The region is not ap-guangzhou."}.send(w)
	case bad != nil:
		apiError{"InvalidParameter", bad.Error()}.send(w)
	case h("X-TC-Action") == "SubmitTextToImageJob":
		s.submit(w, r, b, len(data))
	case h("X-TC-Action") == "QueryTextToImageJob":
		s.query(w, b)
	default:
		apiError{"InvalidParameter", "There is no such action."}.send(w)
	}
}

// envelope is an answer, which always has a request id.
func envelope(fields map[string]any) map[string]any {
	fields["RequestId"] = sandbox.NewID()
	return map[string]any{"Response": fields}
}

// send answers 200, as the vendor does also for errors.
func (e apiError) send(w http.ResponseWriter) {
	sandbox.Reply(w, http.StatusOK, envelope(map[string]any{"Error": map[string]string{"Code": e.code, "Message": e.message}}))
}

// faultErrors are the errors for directives that are answered before a purchase.
var faultErrors = map[string]apiError{
	"400":    {"InvalidParameterValue.ParameterValueError", "The sandbox was asked for a refusal."},
	"401":    {"AuthFailure.SecretIdNotFound", "The SecretId is not found."},
	"402":    {"ResourceUnavailable.InArrears", "The account is in arrears."},
	"429":    {"RequestLimitExceeded.JobNumExceed", "The number of jobs exceeds the limit."},
	"refuse": {"OperationDenied.TextIllegalDetected", "The text contains illegal information."},
}

// submit refuses a submission, or records the purchase and starts a job, whose image is
// drawn when it is fetched.
func (s server) submit(w http.ResponseWriter, r *http.Request, b sandbox.Body, size int) {
	prompt := b.Text("Prompt")
	o := s.Request(r, prompt)
	if bad := problem(b, size); bad != nil {
		bad.send(w)
		return
	}
	if e, asked := faultErrors[o.Ordered("400", "401", "402", "refuse", "429")]; asked {
		w.Header().Set("Retry-After", "1") // as the directive 429 promises; the vendor documents none
		e.send(w)
		return
	}
	d := sandbox.Drawing{Format: "png", Spec: picture.Spec{Prompt: prompt, Seed: cmp.Or(uint64(b.Int("Seed")), rand.Uint64())}}
	d.Width, d.Height, _ = sides(b)
	address, _ := s.Offer(r, o, "", prompt, d) // the URL of one that could not be stored answers 403
	o.RecordPurchase()
	id := "1259388371-" + sandbox.NewID() + "-0"
	out, _ := json.Marshal(envelope(map[string]any{"JobId": id})) // plain values
	if _, err := s.Jobs.Accept(o, id, "", prompt, address, 200*time.Millisecond); err == nil {
		o.Answer(w, http.StatusOK, out)
	}
}

func (s server) query(w http.ResponseWriter, b sandbox.Body) {
	if p := b.Problems(queryFields, ""); len(p) > 0 {
		apiError{"MissingParameter", p[0].Field + " " + p[0].Text}.send(w)
		return
	}
	job, found := s.Jobs.Find(b.Text("JobId"))
	if !found {
		apiError{"FailedOperation.JobNotExist", "The job does not exist."}.send(w)
		return
	}
	o, polled := s.JobRequest(job), s.Jobs.Polled(job.ID)
	status := map[string]any{"JobStatusCode": "2", "JobStatusMsg": "处理中", "JobErrorCode": "", "JobErrorMsg": "", "ResultImage": []string{}, "ResultDetails": []string{}, "RevisedPrompt": []string{}}
	failed := func(code, message string) {
		status["JobStatusCode"], status["JobStatusMsg"], status["JobErrorCode"], status["JobErrorMsg"] = "4", "处理失败", code, message
	}
	switch {
	case o.Has("status") && polled <= 3:
		status["JobStatusCode"] = o.Faults["status"]
	case job.Progress() < 1:
	case o.Has("fail"):
		failed("FailedOperation.InnerError", "An internal error occurred.")
	case o.Has("refuse-output"):
		failed("FailedOperation.GenerateImageFailed", "The image did not pass the review.")
	default:
		status["JobStatusCode"], status["JobStatusMsg"] = "5", "处理完成"
		status["ResultImage"], status["ResultDetails"], status["RevisedPrompt"] = []json.RawMessage{job.Input}, []string{"Success"}, []string{job.Prompt}
	}
	sandbox.Reply(w, http.StatusOK, envelope(status))
}
