package provider

import (
	"strings"
	"testing"

	"aigc/app/fault"
)

// The vendor's words, wherever they stand.
func TestReadError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, message, code string }{
		"object":                   {`{"error":{"message":"bad size","code":"x"}}`, "bad size", "x"},
		"text":                     {`{"error":"bad size"}`, "bad size", ""},
		"text and code":            {`{"error":"bad size","code":400}`, "bad size", "400"},
		"title and message":        {`{"error":"Bad Request","message":"bad size"}`, "bad size", "Bad Request"},
		"OAuth":                    {`{"error":"invalid_grant","error_description":"bad size"}`, "bad size", "invalid_grant"},
		"message":                  {`{"message":"bad size"}`, "bad size", ""},
		"msg and code":             {`{"code":1001,"msg":"bad size"}`, "bad size", "1001"},
		"upper case":               {`{"Error":{"Message":"bad size","Code":"X"}}`, "bad size", "X"},
		"detail as text":           {`{"detail":"bad size"}`, "bad size", ""},
		"detail as a list":         {`{"detail":[{"loc":["body","size"],"msg":"too small","input":"the prompt"},{"loc":["body","n",0],"msg":"too large"}]}`, "size: too small; n.0: too large", ""},
		"detail as an object":      {`{"detail":{"msg":"bad size"}}`, "bad size", ""},
		"problem details":          {`{"type":"about:blank","title":"Bad Request","detail":"bad size","status":400}`, "bad size", "400"},
		"list of texts":            {`{"errors":["bad size","bad n"]}`, "bad size; bad n", ""},
		"list of objects":          {`{"errors":[{"message":"bad size","code":"a"},{"message":"bad n"}]}`, "bad size; bad n", "a"},
		"list at the top":          {`[{"error":{"message":"bad size","status":"INVALID_ARGUMENT"}}]`, "bad size", "INVALID_ARGUMENT"},
		"JSON in JSON":             {`{"error":"{\"error\":{\"message\":\"bad size\"}}"}`, "bad size", ""},
		"base_resp":                {`{"base_resp":{"status_code":2013,"status_msg":"bad size"}}`, "bad size", "2013"},
		"Response":                 {`{"Response":{"Error":{"Code":"InvalidParameter","Message":"bad size"},"RequestId":"1"}}`, "bad size", "InvalidParameter"},
		"gateway's wrapper":        {`{"success":false,"data":{"error":{"message":"bad size"}}}`, "bad size", ""},
		"JSON text":                {`"bad size"`, "bad size", ""},
		"plain text":               {"bad size\n", "bad size", ""},
		"byte order mark":          {"\ufeff{\"message\":\"bad size\"}", "bad size", ""},
		"event stream":             {`data: {"error":{"message":"bad size"}}`, "bad size", ""},
		"XML":                      {`<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>bad &amp; size</Message></Error>`, "bad & size", "AccessDenied"},
		"page":                     {`<html><head><title>502 Bad Gateway</title><style>p{}</style></head><body><h1>502 Bad Gateway</h1><p>nginx</p></body></html>`, "502 Bad Gateway nginx", ""},
		"code without a message":   {`{"error":{"code":"x"}}`, "", "x"},
		"null":                     {`null`, "", ""},
		"number":                   {`404`, "", ""},
		"no error":                 {`{"id":"1","images":[]}`, "", ""},
		"empty":                    {"", "", ""},
		"no text":                  {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "", ""},
		"deeper than may be":       {strings.Repeat(`{"error":`, 50) + `"x"` + strings.Repeat("}", 50), "", ""},
		"error that is no problem": {`{"error":false,"message":"bad size"}`, "bad size", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := ReadError([]byte(c.body)); got.Message != c.message || got.Code != c.code {
				t.Errorf("%+v, want %q, code %q", got, c.message, c.code)
			}
		})
	}
}

// The words become a fault of bounded size, without the key and control characters.
func TestWordsInFaults(t *testing.T) {
	t.Parallel()
	table := ErrorTable{Title: "Acme", Statuses: []int{400}, Rules: []ErrorRule{{Text: "forbidden scene", Class: ContentRefused}, {Match: "no_money", Class: NoBalance}}}
	account := &Account{Secret: "sk-0123456789"}
	for name, c := range map[string]struct {
		status  int
		body    string
		kind    fault.Kind
		message string
		code    string
	}{
		"a rule matches words in another place":  {400, `{"msg":"forbidden scene"}`, fault.Rejected, "forbidden scene", ""},
		"a rule matches a code in another place": {400, `{"code":"no_money","detail":"x"}`, fault.VendorQuota, "x", "no_money"},
		"text with the status":                   {400, "forbidden scene", fault.Rejected, "Acme answered with status 400: forbidden scene", ""},
		"no rule matches a page":                 {400, "<html>forbidden scene</html>", fault.Invalid, "Acme answered with status 400: forbidden scene", ""},
		"undocumented status":                    {422, `{"detail":"no"}`, fault.InDoubt, "no", ""},
		"5xx":                                    {503, `{"message":"no"}`, fault.InDoubt, "no", ""},
		"the key":                                {400, `{"message":"key sk-0123456789\u0007 is bad"}`, fault.Invalid, "key ••• is bad", ""},
		"a code with odd characters":             {400, `{"code":"a b/c\n<d>","message":"no"}`, fault.Invalid, "no", "a_b_c_d"},
		"a long code":                            {400, `{"code":"` + strings.Repeat("x", 100) + `","message":"no"}`, fault.Invalid, "no", strings.Repeat("x", 64)},
		"nothing":                                {400, ``, fault.Invalid, "Acme answered with status 400.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := table.Fault(Response{Status: c.status, Body: []byte(c.body), paid: true, account: account, secrets: account.secrets()}, VendorError{})
			if f.Kind != c.kind || f.Message != c.message || f.VendorCode != c.code {
				t.Errorf("%s %q, code %q; want %s %q, %q", f.Kind, f.Message, f.VendorCode, c.kind, c.message, c.code)
			}
		})
	}
}

// An answer without a result is in doubt whatever it says, and says it.
func TestNoResult(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, message, code string }{
		"an error":       {`{"error":{"message":"no","code":"no_money"}}`, "It holds no image. It says: no", "no_money"},
		"a page":         {`<h1>Bad gateway</h1>`, "It holds no image. It says: Bad gateway", ""},
		"success":        {`{"code":0,"message":"SUCCESS"}`, "It holds no image.", ""},
		"nothing at all": {`{}`, "It holds no image.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := Response{Status: 200, Body: []byte(c.body), paid: true}.NoResult("It holds no image.")
			if f.Kind != fault.InDoubt || f.Charged != fault.ChargedUnknown || f.Message != c.message || f.VendorCode != c.code {
				t.Errorf("%+v, want %q %q", f, c.message, c.code)
			}
		})
	}
}

func FuzzReadError(f *testing.F) {
	for _, s := range []string{`{"error":{"message":"x"}}`, `[{"detail":[{"loc":["a",1],"msg":"x"}]}]`, `<a><message>x</message>`, "text", `"`, "{", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		e := ReadError([]byte(body))
		if code := VendorCode(e.Code); len(code) > maxVendorCode {
			t.Errorf("code of %d bytes", len(code))
		}
		if text := Sanitize(e.Message); len(text) > maxSanitized {
			t.Errorf("message of %d bytes", len(text))
		}
	})
}
