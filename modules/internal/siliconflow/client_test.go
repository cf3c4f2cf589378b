package siliconflow

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
)

// generate sends a request to a vendor that gives one answer.
func generate(t *testing.T, status int, body string, header http.Header) (provider.Answer, error) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name := range header {
			w.Header().Set(name, header.Get(name))
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer srv.Close()
	return Driver{}.Generate(t.Context(), provider.Call{
		Model: kolors, HTTP: &provider.Client{HTTP: provider.NewTransport()},
		Account: provider.Account{Vendor: "siliconflow", BaseURL: srv.URL, Secret: "sk-secret-key", Variable: "SILICONFLOW_API_KEY"},
	}, Input{Prompt: "x"})
}

// Every documented error in each shape of its body, and undocumented ones.
func TestErrors(t *testing.T) {
	t.Parallel()
	const (
		unknownModel = `{"code":20012,"message":"Model does not exist. Please check it carefully.","data":null}`
		limit        = `"Request was rejected due to rate limiting. Details: `
	)
	cases := []struct {
		name   string
		status int
		body   string
		kind   fault.Kind
		ours   string
		vendor string // code
		says   string
		after  time.Duration
	}{
		{"unknown model", 400, unknownModel, fault.Invalid, "vendor_model_unknown", "20012", "the other site", 0},
		{"code as text", 400, `{"code":"20012","message":""}`, fault.Invalid, "vendor_model_unknown", "20012", "retired", 0},
		{"invalid parameter", 400, `{"code":20015,"message":"The parameter is invalid."}`, fault.Invalid, "vendor_refused_input", "20015", "The parameter is invalid.", 0},
		{"OpenAI's shape", 400, `{"error":{"code":"x","message":"no such size"}}`, fault.Invalid, "vendor_refused_input", "x", "no such size", 0},
		{"sensitive", 400, `{"code":1,"message":"The prompt has Sensitive content"}`, fault.Rejected, "content_refused", "1", "Sensitive content", 0},
		{"prohibited", 400, `"prohibited content"`, fault.Rejected, "content_refused", "", "prohibited", 0},
		{"sensitive, 451", 451, `sensitive content`, fault.Rejected, "content_refused", "", "sensitive", 0},
		{"prohibited, 451", 451, `{"message":"Prohibited"}`, fault.Rejected, "content_refused", "", "Prohibited", 0},
		{"451 of a proxy", 451, `<html>`, fault.InDoubt, "vendor_error", "", "451", 0},
		{"bad key", 401, `"Invalid token"`, fault.VendorAuth, "vendor_key_refused", "", "SILICONFLOW_API_KEY: it is wrong, or belongs to the other site", 0},
		{"bad key as plain text", 401, `Invalid token`, fault.VendorAuth, "vendor_key_refused", "", "SILICONFLOW_API_KEY", 0},
		{"no balance", 403, `{"code":30001,"message":"Sorry, your account balance is insufficient","data":null}`, fault.VendorQuota, "vendor_no_balance", "30001", "balance is insufficient", 0},
		{"paid balance", 403, `"The model needs a paid balance"`, fault.VendorQuota, "vendor_no_balance", "", "paid balance", 0},
		{"not verified", 403, `"This model requires real-name verification"`, fault.VendorAccess, "vendor_access", "", "SILICONFLOW_API_KEY in its console", 0},
		{"not verified, in other words", 403, `{"message":"Please verify your identity"}`, fault.VendorAccess, "vendor_access", "", "real-name", 0},
		{"wrong path", 404, `"404 page not found"`, fault.Invalid, "vendor_refused_input", "", "SILICONFLOW_BASE_URL", 0},
		{"wrong path as plain text", 404, `404 page not found`, fault.Invalid, "vendor_refused_input", "", "SILICONFLOW_BASE_URL", 0},
		{"images per minute", 429, limit + `IPM limit reached."`, fault.RateLimited, "vendor_rate_limited", "", "IPM", 0},
		{"requests per minute", 429, limit + `RPM limit reached."`, fault.RateLimited, "vendor_rate_limited", "", "RPM", 0},
		{"tokens per minute", 429, `{"message":"TPM limit reached"}`, fault.RateLimited, "vendor_rate_limited", "", "TPM", 0},
		{"images per day", 429, limit + `IPD limit reached."`, fault.RateLimited, "vendor_rate_limited", "", "IPD", time.Hour},
		{"requests per day", 429, `{"message":"rpd limit reached"}`, fault.RateLimited, "vendor_rate_limited", "", "rpd", time.Hour},
		{"tokens per day", 429, `TPD`, fault.RateLimited, "vendor_rate_limited", "", "TPD", time.Hour},
		{"no message", 429, ``, fault.RateLimited, "vendor_rate_limited", "", "429", 0},
		{"server", 500, `"balance"`, fault.InDoubt, "vendor_error", "", "balance", 0},
		{"overloaded", 503, `{"code":50505,"message":"Model service overloaded."}`, fault.InDoubt, "vendor_error", "50505", "overloaded", 0},
		{"timeout", 504, `upstream timeout`, fault.InDoubt, "vendor_error", "", "upstream timeout", 0},
		{"unknown model in a 500", 500, unknownModel, fault.InDoubt, "vendor_error", "20012", "does not exist", 0},
		{"undocumented 4xx", 409, `"conflict"`, fault.InDoubt, "vendor_error", "", "conflict", 0},
		{"error in a 200", 200, unknownModel, fault.InDoubt, "vendor_error", "20012", "does not exist", 0},
		{"refusal in a 200", 200, `{"message":"sensitive"}`, fault.InDoubt, "vendor_error", "", "sensitive", 0},
		{"accepted, but not as documented", 202, `{}`, fault.InDoubt, "vendor_error", "", "no list of images", 0},
		{"HTML", 403, `<html>sk-secret-key</html>`, fault.VendorQuota, "vendor_no_balance", "", "403", 0},
		{"key in a text", 400, `sk-secret-key is not valid`, fault.Invalid, "vendor_refused_input", "", "is not valid", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := generate(t, c.status, c.body, nil)
			f := fault.From(err)
			if f == nil || f.Kind != c.kind || f.Code != c.ours || f.VendorCode != c.vendor || !strings.Contains(f.Message, c.says) || f.RetryAfter != c.after {
				t.Fatalf("%+v, want %s %s %q %q after %s", f, c.kind, c.ours, c.vendor, c.says, c.after)
			}
			if want := map[bool]fault.Charge{true: fault.ChargedUnknown, false: fault.ChargedNo}[c.kind == fault.InDoubt]; f.Charged != want {
				t.Errorf("charged %s, want %s", f.Charged, want)
			}
			if strings.Contains(f.Message, "sk-secret-key") {
				t.Error("the message has the key")
			}
		})
	}
	_, err := generate(t, 429, limit+`IPD limit reached."`, http.Header{"Retry-After": {"30"}})
	if f := fault.From(err); f.RetryAfter != 30*time.Second {
		t.Errorf("Retry-After 30 became %s", f.RetryAfter)
	}
}

// What is read of a 200: images, else data; any other field may be missing or odd.
func TestAnswers(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, body string
		urls, seed string // seed of each result
		kind       fault.Kind
	}{
		{"both lists", `{"images":[{"url":"a"},{"url":"b"}],"data":[{"url":"c"}],"seed":9999999999}`, "a b", "9999999999", ""},
		{"images", `{"images":[{"url":"a"}],"timings":{"inference":2.61}}`, "a", "", ""},
		{"data", `{"data":[{"url":"a"}],"seed":"7","created":1}`, "a", "7", ""},
		{"empty images", `{"images":[],"data":[{"url":"a"}]}`, "a", "", ""},
		{"images without URLs", `{"images":[{}],"data":[{"url":"a"}]}`, "a", "", ""},
		{"a single image", `{"images":{"url":"b"},"data":[{"url":"a"}]}`, "b", "", ""},
		{"one odd image", `{"images":[{"url":7},"x",null,{"url":"a"}],"seed":1.5}`, "a", "", ""},
		{"no image", `{"images":[],"data":[]}`, "", "", fault.VendorFailed},
		{"no URL", `{"images":[{"url":""}]}`, "", "", fault.InDoubt},
		{"bytes", `{"images":[],"data":[{"b64_json":"aGk="}]}`, "", "", ""},
		{"nothing", `{}`, "", "", fault.InDoubt},
		{"null", `{"images":null}`, "", "", fault.InDoubt},
		{"no JSON", `ok`, "", "", fault.InDoubt},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, err := generate(t, 200, c.body, http.Header{"X-Siliconcloud-Trace-Id": {"ti_1"}})
			if f := fault.From(err); c.kind != "" {
				if f == nil || f.Kind != c.kind || f.Charged != fault.ChargedUnknown || f.Message == "" {
					t.Errorf("%+v, want %s", f, c.kind)
				}
				return
			}
			if err != nil || a.VendorID != "ti_1" || a.Model != kolors {
				t.Fatalf("%v: %+v", err, a)
			}
			var urls []string
			for _, r := range a.Results {
				urls = append(urls, r.URL)
				if n, ok := provider.Text(c.seed).Int(); ok != (r.Seed != nil) || ok && *r.Seed != n {
					t.Errorf("seed %v, want %q", r.Seed, c.seed)
				}
			}
			if got := strings.Join(urls, " "); got != c.urls {
				t.Errorf("results %q, want %q", got, c.urls)
			}
		})
	}
}

// For any answer: no panic, an unreadable body is no result, and every 5xx leaves
// the task in doubt.
func FuzzAnswer(f *testing.F) {
	providertest.FuzzSubmit(f, route().AnyDriver, kolors, `{"prompt":"x","image":"a","n":2}`, nil,
		providertest.Seed{Status: 200, Body: `{"images":[{"url":"https://x"}],"data":[{"url":"https://x"}],"timings":{"inference":2.61},"seed":4211,"created":1795400000}`},
		providertest.Seed{Status: 200, Body: `{"data":[{"url":"https://x"}],"seed":1e30}`},
		providertest.Seed{Status: 200, Body: `{"images":[{"url":7},{}],"data":{}}`},
		providertest.Seed{Status: 200, Body: `{"images":[]}`},
		providertest.Seed{Status: 200, Body: `"OK"`},
		providertest.Seed{Status: 200, Body: `{"code":20012,"message":"Model does not exist. Please check it carefully.","data":null}`},
		providertest.Seed{Status: 400, Body: `{"code":20012,"message":"sk-fuzz-0123456789","data":null}`},
		providertest.Seed{Status: 400, Body: `{"code":{},"message":[],"error":"sensitive"}`},
		providertest.Seed{Status: 401, Body: `"Invalid token sk-fuzz-0123456789"`},
		providertest.Seed{Status: 403, Body: `balance of sk-fuzz-0123456789`},
		providertest.Seed{Status: 403, Body: "balance of sk-f\xbeuzz-0123456789"},
		providertest.Seed{Status: 404, Body: `404 page not found`},
		providertest.Seed{Status: 429, Body: `{"error":{"message":"IPD limit reached","code":7}}`},
		providertest.Seed{Status: 451, Body: `prohibited`},
		providertest.Seed{Status: 451, Body: `<html>`},
		providertest.Seed{Status: 500, Body: `"sensitive"`},
		providertest.Seed{Status: 503, Body: `{"code":50505}`},
		providertest.Seed{Status: 504, Body: "\xff"},
	)
}
