package fashn

import (
	"net/http"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
)

// reply is the body of every answer: to a run, to a poll, and of every error.
type reply struct {
	ID      provider.Text          `json:"id"`
	Status  provider.Text          `json:"status"`
	Output  provider.Items[string] `json:"output"`
	Error   problem                `json:"error"`
	Message provider.Text          `json:"message"`
}

// update maps the vendor's status. An undocumented status means wait, and so does a
// completed run without an image: failing the task there would lose a paid result.
func (w reply) update(t provider.Ticket, h http.Header) provider.Update {
	switch w.Status {
	case "completed":
		a := provider.Answer{VendorID: t.ID, Results: w.results()}
		if len(a.Results) == 0 {
			return provider.Update{Message: "FASHN reports the run as completed, but the answer holds no image yet."}
		}
		setCost(&a, h)
		return provider.Update{Phase: provider.Done, Progress: 1, Answer: a}
	case "failed":
		p := provider.VendorError{Code: w.Error.Name, Message: w.Error.Message}
		return provider.Update{Phase: provider.Failed, Err: codes.Failed(p, charged(h, fault.ChargedNo)), Cost: reportedCost(h)}
	case "time_out":
		return provider.Update{Phase: provider.Failed, Err: fault.New(fault.VendorFailed, "vendor_failed", "FASHN reports that the run timed out.").WithCharge(charged(h, fault.ChargedUnknown)), Cost: reportedCost(h)}
	case "canceled":
		return provider.Update{Phase: provider.Canceled}
	}
	return provider.Update{}
}

// results are the images of a completed run: URLs, or data URLs if base64 was
// requested.
func (w reply) results() (out []provider.Result) {
	for _, text := range w.Output {
		if text != "" {
			out = append(out, provider.Result{URL: text})
		}
	}
	return out
}

// charged is whether a run without a result was charged: by the vendor's report of the
// credits, else as documented. Of a failed run it documents that it is not charged, of
// one that timed out nothing.
func charged(h http.Header, documented fault.Charge) fault.Charge {
	switch n, known := creditsUsed(h); {
	case !known:
		return documented
	case n > 0:
		return fault.ChargedYes
	}
	return fault.ChargedNo
}

// replicationLag is how long after its submission a run may be unknown to the vendor.
const replicationLag = 30 * time.Second

// lost is the update for a run that the vendor does not know: wait during the
// replication lag, then failed.
func lost(age time.Duration) provider.Update {
	if age <= replicationLag {
		return provider.Update{}
	}
	f := fault.New(fault.ResultExpired, provider.JobNotFound, "FASHN no longer knows the run.").WithCharge(fault.ChargedUnknown)
	f.VendorCode = notFound
	return provider.Update{Phase: provider.Failed, Err: f}
}
