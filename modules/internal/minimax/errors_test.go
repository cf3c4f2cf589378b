package minimax

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// submit sends a paid request to a vendor that gives this answer.
func submit(t *testing.T, model string, status int, body string) (provider.Answer, error) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trace-Id", "trace-1")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	defer srv.Close()
	return Driver{}.Generate(t.Context(), provider.Call{
		Model: model, HTTP: &provider.Client{HTTP: provider.NewTransport()}, Prices: route().Prices,
		Account: provider.Account{Vendor: "minimax", BaseURL: srv.URL, Secret: "secret-key", Variable: "MINIMAX_API_KEY"},
	}, Input{Prompt: "x"})
}

// Every documented error, and undocumented ones, as the answer to a paid request.
func TestErrors(t *testing.T) {
	t.Parallel()
	const doubt, both = "vendor_error", "refuses the key in MINIMAX_API_KEY. A key belongs to one of its two sites: see MINIMAX_BASE_URL."
	base := func(code any) string {
		return fmt.Sprintf(`{"data":null,"base_resp":{"status_code":%v,"status_msg":"the reason"}}`, code)
	}
	openai := func(kind, code, message string) string {
		return fmt.Sprintf(`{"error":{"message":%q,"type":%q,"code":%s,"param":null}}`, message, kind, code)
	}
	cases := []struct {
		model      string
		status     int
		body       string
		kind       fault.Kind
		ours, code string // our code and the vendor's
		says       string
	}{
		{"image-01", 200, base(1000), fault.InDoubt, doubt, "1000", "the reason"},
		{"image-01", 200, base(1001), fault.InDoubt, doubt, "1001", "the reason"},
		{"image-01", 200, base(1024), fault.InDoubt, doubt, "1024", "the reason"},
		{"image-01", 200, base(1033), fault.InDoubt, doubt, "1033", "the reason"},
		{"image-01", 200, base(7777), fault.InDoubt, doubt, "7777", "the reason"},
		{"image-01", 200, base(1002), fault.RateLimited, "vendor_rate_limited", "1002", "the reason"},
		{"image-01", 200, base(`"1002"`), fault.RateLimited, "vendor_rate_limited", "1002", "the reason"},
		{"image-01", 200, base(1039), fault.RateLimited, "vendor_rate_limited", "1039", "the reason"},
		{"image-01", 200, base(1041), fault.RateLimited, "vendor_rate_limited", "1041", "the reason"},
		{"image-01", 200, base(2045), fault.RateLimited, "vendor_rate_limited", "2045", "the reason"},
		{"image-01", 200, base(1004), fault.VendorAuth, "vendor_key_refused", "1004", both},
		{"image-01", 200, base(2049), fault.VendorAuth, "vendor_key_refused", "2049", both},
		{"image-01", 200, base(1008), fault.VendorQuota, "vendor_no_balance", "1008", "the reason"},
		{"image-01", 200, base(1028), fault.VendorQuota, "vendor_no_balance", "1028", "the reason"},
		{"image-01", 200, base(1030), fault.VendorQuota, "vendor_no_balance", "1030", "the reason"},
		{"image-01", 200, base(2056), fault.VendorQuota, "vendor_no_balance", "2056", "the reason"},
		{"image-01", 200, base(2061), fault.VendorAccess, "vendor_access", "2061", "the reason"},
		{"image-01", 200, base(2038), fault.VendorAccess, "vendor_access", "2038", "the reason"},
		{"image-01", 200, base(1026), fault.Rejected, "content_refused", "1026", "the reason"},
		{"image-01", 200, base(1027), fault.Rejected, "result_refused", "1027", "the reason"},
		{"image-01", 200, base(1042), fault.Invalid, "vendor_refused_input", "1042", "the reason"},
		{"image-01", 200, base(2013), fault.Invalid, "vendor_refused_input", "2013", "the reason"},
		{"image-01", 200, `{"base_resp":{"status_code":1026,"status_msg":""}}`, fault.Rejected, "content_refused", "1026", "MiniMax"},
		{"image-01", 401, `<html>`, fault.VendorAuth, "vendor_key_refused", "", both},
		{"image-01", 429, `busy`, fault.RateLimited, "vendor_rate_limited", "", "429"},
		{"image-01", 429, base(2056), fault.VendorQuota, "vendor_no_balance", "2056", "the reason"},
		{"image-01", 400, base(2013), fault.Invalid, "vendor_refused_input", "2013", "the reason"},
		{"image-01", 400, `<html>`, fault.InDoubt, doubt, "", "400"},
		{"image-01", 403, `<html>`, fault.InDoubt, doubt, "", "403"},
		{"image-01", 422, `{}`, fault.InDoubt, doubt, "", "422"},
		{"image-01", 500, base(1002), fault.InDoubt, doubt, "1002", "the reason"},
		{"image-01", 502, `<html>`, fault.InDoubt, doubt, "", "502"},
		{"image-01", 302, ``, fault.InDoubt, doubt, "", "302"},
		{h3, 400, openai("bad_request_error", "null", "the reason"), fault.Invalid, "vendor_refused_input", "bad_request_error", "the reason"},
		{h3, 400, openai("invalid_request_error", `"invalid_size"`, "the reason"), fault.Invalid, "vendor_refused_input", "invalid_size", "the reason"},
		{h3, 401, openai("authorized_error", "null", "sk-secret-key is wrong"), fault.VendorAuth, "vendor_key_refused", "authorized_error", both},
		{h3, 402, openai("insufficient_balance_error", "null", "the reason"), fault.VendorQuota, "vendor_no_balance", "insufficient_balance_error", "the reason"},
		{h3, 422, openai("unprocessable_entity_error", "null", "the reason"), fault.Rejected, "content_refused", "unprocessable_entity_error", "the reason"},
		{h3, 422, openai("unprocessable_entity_error", "null", "the reason (1027)"), fault.Rejected, "result_refused", "1027", "the reason"},
		{h3, 422, openai("unprocessable_entity_error", "1026", "the reason"), fault.Rejected, "content_refused", "1026", "the reason"},
		{h3, 429, openai("rate_limit_error", "null", "the reason (1002)"), fault.RateLimited, "vendor_rate_limited", "1002", "the reason"},
		{h3, 429, openai("rate_limit_error", "null", "the reason (2056)"), fault.VendorQuota, "vendor_no_balance", "2056", "the reason"},
		{h3, 429, `{"error":"slowly"}`, fault.RateLimited, "vendor_rate_limited", "", "slowly"},
		{h3, 429, base(1030), fault.VendorQuota, "vendor_no_balance", "1030", "the reason"},
		{h3, 200, base(1008), fault.VendorQuota, "vendor_no_balance", "1008", "the reason"},
		{h3, 200, openai("server_error", "null", "the reason"), fault.InDoubt, doubt, "server_error", "the reason"},
		{h3, 500, openai("server_error", "null", "the reason (1000)"), fault.InDoubt, doubt, "1000", "the reason"},
		{h3, 503, openai("rate_limit_error", "null", "the reason (1002)"), fault.InDoubt, doubt, "1002", "the reason"},
		{h3, 403, openai("x", "null", "the reason"), fault.InDoubt, doubt, "x", "the reason"},
		{h3, 404, `<html>`, fault.InDoubt, doubt, "", "404"},
		{h3, 408, ``, fault.InDoubt, doubt, "", "408"},
		{h3, 413, ``, fault.InDoubt, doubt, "", "413"},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.model, " ", c.status, " ", c.body), func(t *testing.T) {
			t.Parallel()
			_, err := submit(t, c.model, c.status, c.body)
			f := fault.From(err)
			if f == nil || f.Kind != c.kind || f.Code != c.ours || f.VendorCode != c.code || !strings.Contains(f.Message, c.says) || strings.Contains(f.Message, "secret-key") {
				t.Fatalf("%+v, want %s %s %s %q", f, c.kind, c.ours, c.code, c.says)
			}
			want := fault.ChargedNo
			if c.kind == fault.InDoubt || c.ours == "result_refused" {
				want = fault.ChargedUnknown
			}
			if f.Charged != want {
				t.Errorf("charged %s, want %s", f.Charged, want)
			}
		})
	}
}

// Odd answers with status 200: images count, and their absence is a failure only if
// the answer says so.
func TestOddAnswers(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, model, body string
		results           int
		kind              fault.Kind
		ours              string
	}{
		{"no code", "image-01", `{"data":{"image_urls":["https://x/a"]}}`, 1, "", ""},
		{"no data", "image-01", `{"base_resp":{"status_code":0}}`, 0, fault.InDoubt, "answer_unreadable"},
		{"null", "image-01", `{"data":null,"base_resp":{"status_code":0}}`, 0, fault.InDoubt, "answer_unreadable"},
		{"another list", "image-01", `{"data":{"drawings":["https://x/a"]},"base_resp":{"status_code":0}}`, 0, fault.InDoubt, "answer_unreadable"},
		{"all filtered", "image-01", `{"data":{"image_urls":[]},"metadata":{"success_count":0,"failed_count":1},"base_resp":{"status_code":0}}`, 0, fault.VendorFailed, "vendor_failed"},
		{"all filtered, as text", "image-01", `{"data":null,"metadata":{"success_count":"0"},"base_resp":{"status_code":0}}`, 0, fault.VendorFailed, "vendor_failed"},
		{"images and an unknown code", "image-01", `{"data":{"image_urls":["https://x/a"]},"base_resp":{"status_code":7777}}`, 1, "", ""},
		{"images and a refusal", "image-01", `{"data":{"image_urls":["https://x/a"]},"base_resp":{"status_code":1027}}`, 1, "", ""},
		{"images and throttling", "image-01", `{"data":{"image_urls":["https://x/a"]},"base_resp":{"status_code":1002}}`, 1, "", ""},
		{"types", "image-01", `{"id":5,"data":{"image_urls":[7,"https://x/a",null,""],"image_base64":"x"},"metadata":[],"usage":"x","base_resp":{"status_code":0,"status_msg":0}}`, 2, "", ""},
		{"the other shape", "image-01", `{"data":[{"url":"https://x/a"},{"b64_json":"aGk="}]}`, 2, "", ""},
		{"bytes", h3, `{"data":[{"b64_json":"aGk="},{},{"url":5}]}`, 1, "", ""},
		{"an empty list", h3, `{"created":1,"data":[]}`, 0, fault.VendorFailed, "vendor_failed"},
		{"items of another kind", h3, `{"data":[{"image":"x"}]}`, 0, fault.InDoubt, "answer_unreadable"},
		{"a text", h3, `{"data":"https://x/a"}`, 0, fault.InDoubt, "answer_unreadable"},
		{"nothing", h3, `{}`, 0, fault.InDoubt, "answer_unreadable"},
		{"an error of another kind", h3, `{"error":"no"}`, 0, fault.InDoubt, "answer_unreadable"},
		{"no JSON", h3, `<html>`, 0, fault.InDoubt, "answer_unreadable"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, err := submit(t, c.model, 200, c.body)
			if f := fault.From(err); c.kind != "" {
				if f == nil || f.Kind != c.kind || f.Code != c.ours || f.Charged != fault.ChargedUnknown {
					t.Errorf("%+v, want %s %s", f, c.kind, c.ours)
				}
				return
			}
			if err != nil || len(a.Results) != c.results || a.VendorID != "trace-1" {
				t.Errorf("%v %+v", err, a)
			}
		})
	}
}
