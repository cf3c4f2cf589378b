package vertex

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

// operation is the answer to a poll.
type operation struct {
	Name     string          `json:"name"`
	Done     bool            `json:"done"`
	Error    *status         `json:"error"`
	Response json.RawMessage `json:"response"`
}

type response struct {
	Videos          []video  `json:"videos"`
	Samples         []sample `json:"generatedSamples"` // an older field, still in the published schema
	FilteredCount   int      `json:"raiMediaFilteredCount"`
	FilteredReasons []string `json:"raiMediaFilteredReasons"`
}

type video struct {
	GCSURI string `json:"gcsUri"`
	Bytes  string `json:"bytesBase64Encoded"`
}

type sample struct {
	Video struct {
		URI     string `json:"uri"`
		Encoded string `json:"encodedVideo"`
	} `json:"video"`
}

// update maps an operation. Without done it means wait, whatever else it holds, and
// so does an undocumented final answer: failing the task there would lose a paid
// video.
func (o operation) update() provider.Update {
	if !o.Done {
		return provider.Update{}
	}
	if o.Error != nil {
		return provider.Update{Phase: provider.Failed, Err: o.Error.operationFault()}
	}
	var r response
	err := json.Unmarshal(o.Response, &r)
	if odd := (*json.UnmarshalTypeError)(nil); err != nil && !errors.As(err, &odd) {
		return unreadable()
	}
	switch videos := r.videos(); {
	case len(videos) > 0:
		a := provider.Answer{VendorID: o.Name, Results: videos}
		if r.FilteredCount > 0 {
			a.Warnings = []string{fmt.Sprintf("The safety filter refused %d of the videos: %s", r.FilteredCount, filterFault(r.FilteredReasons).Message)}
		}
		return provider.Update{Phase: provider.Done, Progress: 1, Answer: a}
	case isFilterResponse(o.Response):
		return provider.Update{Phase: provider.Failed, Err: filterFault(r.FilteredReasons)}
	}
	return unreadable()
}

func unreadable() provider.Update {
	return provider.Update{Message: "Google reports the video as done, but the answer holds no readable video."}
}

// videos are the videos with bytes or a URL, of either field.
func (r response) videos() []provider.Result {
	var out []provider.Result
	add := func(res provider.Result) {
		if res.URL != "" || res.Base64 != "" {
			out = append(out, res)
		}
	}
	for _, v := range r.Videos {
		add(provider.Result{URL: v.GCSURI, Base64: v.Bytes})
	}
	for _, s := range r.Samples {
		add(provider.Result{URL: s.Video.URI, Base64: s.Video.Encoded})
	}
	return out
}

// isFilterResponse reports whether a response is the documented one of a refusal by
// the safety filter: an object without videos, and without unknown fields, which
// could hold one.
func isFilterResponse(raw json.RawMessage) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || fields == nil {
		return false
	}
	for name, value := range fields {
		switch name {
		case "@type", "raiMediaFilteredCount", "raiMediaFilteredReasons":
		case "videos", "generatedSamples":
			var list []json.RawMessage
			if json.Unmarshal(value, &list) != nil || len(list) > 0 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// Codes of google.rpc that an operation fails with.
const (
	codeInvalid      = 3
	codePermission   = 7
	codeQuota        = 8
	codePrecondition = 9
)

var codeNames = map[int]string{
	codeInvalid: "INVALID_ARGUMENT", codePermission: "PERMISSION_DENIED", codeQuota: "RESOURCE_EXHAUSTED", codePrecondition: "FAILED_PRECONDITION",
	13: "INTERNAL", 14: "UNAVAILABLE",
}

// operationFault is the fault of a failed operation. Failed videos are not charged.
func (s status) operationFault() *fault.Error {
	f := fault.New(fault.VendorFailed, "vendor_failed", "%s", provider.Sanitize(s.Message)).WithCharge(fault.ChargedNo)
	switch {
	case s.Code == codeInvalid && mentionsPolicy(s.Message):
		f.Kind, f.Code = fault.Rejected, "content_refused"
	case s.Code == codeInvalid:
		f.Kind, f.Code = fault.Invalid, "vendor_refused_input"
	case s.Code == codePermission: // often a missing right on the bucket
		f.Code = "vendor_permission"
	case s.Code == codeQuota:
		f.Code = "vendor_quota"
	case s.Code == codePrecondition:
		f.Code = "vendor_precondition"
	}
	if f.Message == "" {
		f.Message = "Google reports a failure without a reason."
	}
	f.VendorCode = codeNames[s.Code]
	if f.VendorCode == "" {
		f.VendorCode = strconv.Itoa(s.Code)
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
