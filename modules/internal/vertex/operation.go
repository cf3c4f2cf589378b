package vertex

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

// operation is the answer to a poll.
type operation struct {
	Name     provider.Text   `json:"name"`
	Done     provider.Flag   `json:"done"`
	Error    *status         `json:"error"`
	Response json.RawMessage `json:"response"`
}

// update maps an operation. Without done it means wait, whatever else it holds, and so
// does a final answer that may hold a video in a form that is not known: failing the task
// there would lose a paid video. empty reports that the operation is done with neither a
// video nor a reason: whether that was charged is not documented.
func (o operation) update() (u provider.Update, empty bool) {
	if !o.Done {
		return provider.Update{}, false
	}
	if o.Error != nil {
		return provider.Update{Phase: provider.Failed, Err: o.Error.operationFault()}, false
	}
	var r response
	r.read(o.Response, 0)
	switch {
	case len(r.videos) > 0:
		a := provider.Answer{VendorID: string(o.Name), Results: r.videos}
		if r.filtered > 0 {
			a.Warnings = []string{fmt.Sprintf("The safety filter refused %d of the videos: %s", r.filtered, filterFault(r.reasons).Message)}
		}
		return provider.Update{Phase: provider.Done, Progress: 1, Answer: a}, false
	case r.strange:
		return provider.Update{Message: "Google reports the video as done, but the answer holds no readable video."}, false
	case r.filtered > 0 || len(r.reasons) > 0:
		return provider.Update{Phase: provider.Failed, Err: filterFault(r.reasons)}, false
	}
	f := fault.New(fault.VendorFailed, "vendor_failed", "Google reports the job as done, but sent neither a video nor a reason.").WithCharge(fault.ChargedUnknown)
	return provider.Update{Phase: provider.Failed, Err: f}, true
}

// Codes of google.rpc that an operation fails with.
const (
	codeInvalid      = 3
	codePermission   = 7
	codeQuota        = 8
	codePrecondition = 9
)

var codeNames = map[provider.Int]string{
	codeInvalid: "INVALID_ARGUMENT", codePermission: "PERMISSION_DENIED", codeQuota: "RESOURCE_EXHAUSTED", codePrecondition: "FAILED_PRECONDITION",
	13: "INTERNAL", 14: "UNAVAILABLE",
}

// number is the code of a status, which may be the name instead.
func (s status) number() provider.Int {
	if n, ok := s.Code.Int(); ok {
		return provider.Int(n)
	}
	for n, name := range codeNames {
		if name == string(s.Code) || s.Code == "" && name == string(s.Status) {
			return n
		}
	}
	return 0
}

// operationFault is the fault of a failed operation. Failed videos are not charged.
func (s status) operationFault() *fault.Error {
	f := fault.New(fault.VendorFailed, "vendor_failed", "%s", provider.Sanitize(string(s.Message))).WithCharge(fault.ChargedNo)
	code := s.number()
	switch {
	case code == codeInvalid && mentionsPolicy(string(s.Message)):
		f.Kind, f.Code = fault.Rejected, "content_refused"
	case code == codeInvalid:
		f.Kind, f.Code = fault.Invalid, "vendor_refused_input"
	case code == codePermission: // often a missing right on the bucket
		f.Code = "vendor_permission"
	case code == codeQuota:
		f.Code = "vendor_quota"
	case code == codePrecondition:
		f.Code = "vendor_precondition"
	}
	if f.Message == "" {
		f.Message = "Google reports a failure without a reason."
	}
	if f.VendorCode = codeNames[code]; f.VendorCode == "" {
		f.VendorCode = provider.VendorCode(cmp.Or(string(s.Code), string(s.Status)))
	}
	return f
}

// filterFault is the fault of a refusal by the safety filter; refused videos are
// not charged. Its vendor code is the first documented support code in the reasons,
// else the first code in them.
func filterFault(reasons []string) *fault.Error {
	f := fault.New(fault.Rejected, "content_refused", "The safety filter refused the video.").WithCharge(fault.ChargedNo)
	text := strings.Join(reasons, " ")
	if words := provider.Sanitize(text); words != "" {
		f.Message = words
	}
	for _, n := range supportCode.FindAllString(text, -1) {
		if what := supportCategories[n]; what != "" {
			f.VendorCode = n
			f.Message += " (" + what + ")"
			break
		}
		if f.VendorCode == "" {
			f.VendorCode = n
		}
	}
	return f
}

var supportCode = regexp.MustCompile(`\b\d{8}\b`)

// supportCategories are the support codes of Google's responsible-AI page.
var supportCategories = map[string]string{
	"58061214": "child", "17301594": "child", "29310472": "celebrity", "15236754": "celebrity",
	"64151117": "video safety", "42237218": "video safety", "62263041": "dangerous", "57734940": "hate", "22137204": "hate",
	"74803281": "other", "29578790": "other", "42876398": "other",
	"89371032": "prohibited", "49114662": "prohibited", "63429089": "prohibited", "72817394": "prohibited", "60599140": "prohibited",
	"35561574": "third-party content", "35561575": "third-party content", "90789179": "sexual", "43188360": "sexual",
	"78610348": "toxic", "61493863": "violence", "56562880": "violence", "32635315": "vulgar",
}

// mentionsPolicy reports whether a message means a refusal of the content: it has a
// support code or mentions a policy.
func mentionsPolicy(text string) bool {
	lower := strings.ToLower(text)
	return supportCode.MatchString(text) || strings.Contains(lower, "policy") || strings.Contains(lower, "policies") || strings.Contains(lower, "support code")
}
