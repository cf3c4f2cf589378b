package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
)

// answer is the part of an answer that the tests read.
type answer struct {
	Response struct {
		Error         struct{ Code, Message string }
		JobID         string `json:"JobId"`
		RequestID     string `json:"RequestId"`
		JobStatusCode string
		JobErrorCode  string
		ResultImage   []string
		ResultDetails []string
	}
}

// call sends a body signed with the imitation's own code; spoil may change the request
// afterwards. Every answer has the status 200.
func call(t *testing.T, base, action, body string, spoil ...func(*http.Request)) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for k, v := range map[string]string{
		"Content-Type": "application/json", "X-TC-Action": action, "X-TC-Version": "2022-12-29", "X-TC-Region": "ap-guangzhou",
		"X-TC-Timestamp": strconv.FormatInt(now.Unix(), 10),
	} {
		r.Header.Set(k, v)
	}
	r.Header.Set("Authorization", signature(r, []byte(body), now))
	for _, f := range spoil {
		f(r)
	}
	status, data := sandboxtest.Do(t, r)
	var a answer
	if err := json.Unmarshal(data, &a); err != nil || status != http.StatusOK || a.Response.RequestID == "" {
		t.Fatalf("%d %v: %s", status, err, data)
	}
	return a
}

func pixels(t *testing.T, w, h int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

const submit, query = "SubmitTextToImageJob", "QueryTextToImageJob"

func TestImitationChecks(t *testing.T) {
	t.Parallel()
	base := sandboxtest.One(t, New())
	with := func(fields string) string { return `{"Prompt":"x"` + fields + `}` }
	dot, link := `"`+pixels(t, 64, 64)+`"`, `"https://example.com/a.png"`
	const bad = "InvalidParameterValue.ParameterValueError"
	for name, c := range map[string]struct{ body, code string }{ // code empty: accepted
		"least":                      {with(``), ""},
		"every field":                {with(`,"Images":[` + dot + `,` + link + `],"Resolution":"1280:720","Seed":1,"LogoAdd":1,"Revise":0,"LogoParam":{"LogoImage":` + dot + `,"LogoRect":{"X":0,"Y":0,"Width":1,"Height":1}}`), ""},
		"no prompt":                  {`{"LogoAdd":0}`, "MissingParameter"},
		"longest prompt":             {`{"Prompt":"` + strings.Repeat("狐", 8192) + `"}`, ""},
		"long prompt":                {`{"Prompt":"` + strings.Repeat("狐", 8193) + `"}`, bad},
		"a misspelt field":           {with(`,"LogoAdds":0`), bad},
		"lower case":                 {with(`,"seed":1`), bad},
		"n":                          {with(`,"Num":2`), bad},
		"a size with x":              {with(`,"Resolution":"1024x1024"`), bad},
		"a ratio":                    {with(`,"Resolution":"16:9"`), bad},
		"too large":                  {with(`,"Resolution":"1024:1025"`), bad},
		"too narrow":                 {with(`,"Resolution":"2048:511"`), bad},
		"too long":                   {with(`,"Resolution":"2049:512"`), bad},
		"longest":                    {with(`,"Resolution":"2048:512"`), ""},
		"something behind the ratio": {with(`,"Resolution":"1024:1024 "`), bad},
		"seed 0":                     {with(`,"Seed":0`), bad},
		"largest seed":               {with(`,"Seed":4294967295`), ""},
		"too large a seed":           {with(`,"Seed":4294967296`), bad},
		"seed as text":               {with(`,"Seed":"1"`), bad},
		"LogoAdd as a boolean":       {with(`,"LogoAdd":false`), bad},
		"LogoAdd 2 is 1":             {with(`,"LogoAdd":2`), ""},
		"Revise 2":                   {with(`,"Revise":2`), bad},
		"four images":                {with(`,"Images":[` + link + `,` + link + `,` + link + `,` + link + `]`), bad},
		"no image":                   {with(`,"Images":["aGk="]`), bad},
		"a data URL":                 {with(`,"Images":["data:image/png;base64,` + dot[1:] + `]`), "FailedOperation.ImageDecodeFailed"},
		"a small image":              {with(`,"Images":["` + pixels(t, 49, 64) + `"]`), "FailedOperation.ImageResolutionExceed"},
		"a long image":               {with(`,"Images":["` + pixels(t, 5001, 50) + `"]`), "FailedOperation.ImageResolutionExceed"},
		"a large request":            {with(strings.Repeat(" ", 10<<20)), "FailedOperation.RequestEntityTooLarge"},
		"a logo without an image":    {with(`,"LogoParam":{"LogoRect":{"X":0,"Y":0,"Width":1,"Height":1}}`), "InvalidParameterValue.LogoParamErr"},
		"a misspelt logo":            {with(`,"LogoParam":{"Url":` + link + `}`), bad},
		"no JSON":                    {`{"Prompt":`, "InvalidParameter"},
		"the directive 400":          {`{"Prompt":"x [[400]]"}`, bad},
		"the directive 401":          {`{"Prompt":"x [[401]]"}`, "AuthFailure.SecretIdNotFound"},
		"the directive 402":          {`{"Prompt":"x [[402]]"}`, "ResourceUnavailable.InArrears"},
		"the directive 429":          {`{"Prompt":"x [[429]]"}`, "RequestLimitExceeded.JobNumExceed"},
		"the directive refuse":       {`{"Prompt":"x [[refuse]]"}`, "OperationDenied.TextIllegalDetected"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a := call(t, base, submit, c.body).Response; a.Error.Code != c.code || (a.JobID != "") != (c.code == "") {
				t.Errorf("%+v, want %s", a, c.code)
			}
		})
	}
}

// Requests without the documented signature and headers are refused.
func TestImitationChecksSignatures(t *testing.T) {
	t.Parallel()
	base := sandboxtest.One(t, New())
	const body = `{"Prompt":"x"}`
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	replace := func(old, now string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, now, 1))
		}
	}
	const failure = "AuthFailure.SignatureFailure"
	old := strconv.FormatInt(time.Now().Add(-6*time.Minute).Unix(), 10)
	for name, c := range map[string]struct {
		spoil func(*http.Request)
		code  string
	}{
		"unchanged":       {func(*http.Request) {}, ""},
		"none":            {func(r *http.Request) { r.Header.Del("Authorization") }, "AuthFailure.SecretIdNotFound"},
		"an API key":      {set("Authorization", "Bearer "+sandbox.Key), "AuthFailure.SecretIdNotFound"},
		"another id":      {replace(secretID, "AKIDOTHER"), "AuthFailure.SecretIdNotFound"},
		"another service": {replace("/aiart/", "/hunyuan/"), failure},
		"another date":    {set("X-TC-Timestamp", strconv.FormatInt(time.Now().Add(-time.Minute).Unix(), 10)), failure},
		"an old date":     {set("X-TC-Timestamp", old), "AuthFailure.SignatureExpire"},
		"no date":         {set("X-TC-Timestamp", ""), "AuthFailure.SignatureExpire"},
		"another type":    {set("Content-Type", "text/plain"), failure},
		"another host":    {func(r *http.Request) { r.Host = "example.com" }, failure},
		"another body": {func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(strings.Replace(body, "x", "y", 1)))
		}, failure},
		"another version": {set("X-TC-Version", "2023-09-01"), "InvalidParameter"},
		"another region":  {set("X-TC-Region", "ap-tokyo"), "UnsupportedRegion"},
		"another action":  {set("X-TC-Action", "SubmitHunyuanImageJob"), "InvalidParameter"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a := call(t, base, submit, body, c.spoil).Response; a.Error.Code != c.code || (a.JobID != "") != (c.code == "") {
				t.Errorf("%+v, want %s", a, c.code)
			}
		})
	}
}

// poll asks for a job until it has another status than running.
func poll(t *testing.T, base, id string) answer {
	t.Helper()
	for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
		if a := call(t, base, query, `{"JobId":"`+id+`"}`); a.Response.JobStatusCode != "2" {
			return a
		}
	}
}

// Results are PNGs of the requested size.
func TestImitationDraws(t *testing.T) {
	t.Parallel()
	base := sandboxtest.One(t, New())
	for fields, want := range map[string][2]int{``: {1024, 1024}, `,"Resolution":"1280:720","Seed":7`: {1280, 720}} {
		id := call(t, base, submit, `{"Prompt":"a fox"`+fields+`}`).Response.JobID
		a := poll(t, base, id).Response
		if a.JobStatusCode != "5" || len(a.ResultImage) != 1 || a.ResultDetails[0] != "Success" {
			t.Fatalf("%+v", a)
		}
		res, err := http.Get(a.ResultImage[0])
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if c, format, err := image.DecodeConfig(res.Body); err != nil || format != "png" || c.Width != want[0] || c.Height != want[1] {
			t.Errorf("%v: a %s of %dx%d, want %v", err, format, c.Width, c.Height, want)
		}
	}
}

// Jobs that end without an image, and polls of no job.
func TestImitationPolls(t *testing.T) {
	t.Parallel()
	base := sandboxtest.One(t, New())
	for directive, want := range map[string][2]string{
		"fail": {"4", "FailedOperation.InnerError"}, "refuse-output": {"4", "FailedOperation.GenerateImageFailed"}, "status banana": {"banana", ""},
	} {
		id := call(t, base, submit, `{"Prompt":"a fox [[`+directive+`]]"}`).Response.JobID
		if a := poll(t, base, id).Response; a.JobStatusCode != want[0] || a.JobErrorCode != want[1] || len(a.ResultImage) > 0 {
			t.Errorf("%s: %+v, want %v", directive, a, want)
		}
	}
	for body, want := range map[string]string{`{"JobId":"1"}`: "FailedOperation.JobNotExist", `{"JobId":""}`: "MissingParameter", `{"Job":"1"}`: "MissingParameter"} {
		if a := call(t, base, query, body).Response; a.Error.Code != want {
			t.Errorf("%s: %+v, want %s", body, a, want)
		}
	}
}
