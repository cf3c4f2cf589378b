package provider

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	"aigc/app/fault"
)

// quoted returns a secret in all forms in which a vendor may send it.
func quoted(secret string) map[string]string {
	each := func(format string) string {
		var b strings.Builder
		for _, c := range []byte(secret) {
			fmt.Fprintf(&b, format, c)
		}
		return b.String()
	}
	inJSON := func(text string) string {
		quoted, _ := json.Marshal(text)
		return string(quoted[1 : len(quoted)-1])
	}
	mixed := fmt.Sprintf(`\u%04x&#%d;%%%02x`, secret[0], secret[1], secret[2]) + secret[3:]
	return map[string]string{
		"plain": secret, "in upper case": strings.ToUpper(secret), "JSON": inJSON(secret), "JSON in JSON": inJSON(inJSON(secret)),
		"JSON three times": inJSON(inJSON(inJSON(secret))), "slashes": strings.ReplaceAll(secret, "/", `\/`),
		`\u`: each(`\u%04x`), `\u, upper case`: each(`\u%04X`), `\u in JSON`: each(`\\u%04x`), `\u twice`: each(`\\\\u%04x`), `\x`: each(`\x%02x`),
		"%": each("%%%02x"), "% twice": each("%%25%02X"), "query": url.QueryEscape(secret), "path": url.PathEscape(secret),
		"&#": each("&#%d;"), "&#x": each("&#x%04x;"), "HTML": html.EscapeString(secret), "HTML twice": html.EscapeString(html.EscapeString(secret)),
		"HTML in JSON": inJSON(html.EscapeString(secret)), "% in \\u": each(`\u0025%02x`), "mixed": mixed,
		`\u{}`: each(`\u{%x}`), `\U`: each(`\U%08x`), "octal": each(`\%03o`), "%u": each("%%u%04x"), "=": each("=%02X"), "decoded query": strings.ReplaceAll(secret, "+", " "),
		"UTF-16": strings.TrimSuffix(each("%c\x00"), "\x00"), "UTF-16 in JSON": strings.TrimSuffix(each(`%c\u0000`), `\u0000`), "wrapped": secret[:9] + "\r\n" + secret[9:],
		"wrapped in JSON": secret[:9] + `\n` + secret[9:], "zero width": secret[:5] + "\u200b" + secret[5:], "soft hyphen": secret[:5] + `\u00ad` + secret[5:],
		"bytes": strings.TrimSuffix(each("%d, "), ", "), "bytes in hex": strings.TrimSuffix(each("0x%02X,"), ","), "hex with colons": strings.TrimSuffix(each("%02x:"), ":"),
		"hex": hex.EncodeToString([]byte(secret)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(secret))),
	}
}

// A secret is found in each form, in JSON, in a text and in a stream; what is around it
// stays.
func TestMaskFindsEveryForm(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"sk-proj-QX0123456789abcdef", "bfl/QXSECRETXQ&456789/abc<d>+e=f", `we"ird\key-0%41'&amp;`} {
		s := newSecrets(secret)
		for name, form := range quoted(secret) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if got := string(s.mask([]byte("key: " + form + ", is odd"))); !strings.HasPrefix(got, "key: •••") || !strings.HasSuffix(got, "•, is odd") || len(got) > 100 {
					t.Errorf("text: %q of %q", got, form)
				}
				doc := []byte(`{"a":["key ` + form + ` n"],"b":1}`)
				if json.Valid(doc) {
					var out struct{ A []string }
					if err := json.Unmarshal(s.maskJSON(doc), &out); err != nil || !strings.HasPrefix(out.A[0], "key •••") || !strings.HasSuffix(out.A[0], "• n") {
						t.Errorf("JSON: %v %q of %s", err, out.A, doc)
					}
				}
				inner, _ := json.Marshal("{\"id\":\"" + secret + "\"}")
				if got := s.maskJSON(inner); bytes.Contains(got, []byte("QX")) {
					t.Errorf("JSON in JSON: %s", got)
				}
				src := iotest.OneByteReader(strings.NewReader(strings.Repeat("x", redactChunk-3) + form + "yy"))
				got, err := io.ReadAll(newRedactor(s).Reader(src))
				if want := strings.Repeat("x", redactChunk-3) + strings.Repeat("*", len(form)) + "yy"; err != nil || string(got) != want {
					t.Errorf("stream: %v %q", err, got[redactChunk-3:])
				}
				var b bytes.Buffer
				w := redactedWriter{Redactor: newRedactor(s), to: &b}
				for _, c := range []byte("a " + form + " b") {
					_, _ = w.Write([]byte{c})
				}
				if err := w.Flush(); err != nil || b.String() != "a "+strings.Repeat("*", len(form))+" b" {
					t.Errorf("written: %v %q", err, b.String())
				}
			})
		}
		for before := range 3 {
			for _, alphabet := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding} {
				code := alphabet.EncodeToString([]byte("id:"[:before] + secret + ":"))
				if got := string(s.mask([]byte(code))); len(got) > 60 || !strings.Contains(got, "•••") {
					t.Errorf("base64 after %d bytes: %q of %q", before, got, code)
				}
			}
		}
	}
}

// Texts without a secret stay byte for byte, and JSON stays JSON wherever a secret begins.
func TestMaskKeepsEverythingElse(t *testing.T) {
	t.Parallel()
	s := newSecrets("nuts-0123456789", "sk-another-one-0")
	for _, text := range []string{
		"", "{}", `{"a":"\nuts-012345678","b":"\u006euts","c":"\\"}`, "100% of &amp; \\ and % and & and \\u", "nuts-012345678", "sk-another-one-",
		"\xff\xfe\x00%zz&#;&#x;&#99999999999;\\u12", strings.Repeat(`\`, 1000), strings.Repeat("%25", 1000), strings.Repeat("&amp;", 1000),
	} {
		for name, got := range map[string][]byte{"text": s.mask([]byte(text)), "JSON": s.maskJSON([]byte(text))} {
			if string(got) != text {
				t.Errorf("%s %q became %q", name, text, got)
			}
		}
	}
	if got := string(s.maskJSON([]byte(`{"a":"\\nuts-0123456789"}`))); got != `{"a":"\\•••"}` {
		t.Errorf("%s", got)
	}
	if got := string(s.maskJSON([]byte(`{"a":"\nuts-0123456789"}`))); got != `{"a":"\nuts-0123456789"}` { // a line end, and no secret
		t.Errorf("%s", got)
	}
}

// Any valid document stays valid.
func FuzzMaskJSON(f *testing.F) {
	s := newSecrets("nuts\\u0-0%41", "sk-another\"one")
	f.Add([]byte(`{"a":"nuts\\u0-0%41"}`))
	f.Add([]byte(`{"a":"{\"b\":\"sk-another\\\"one\"}"}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		got := s.maskJSON(doc)
		if json.Valid(doc) && !json.Valid(got) {
			t.Fatalf("%q became %q", doc, got)
		}
	})
}

// An answer quotes the key in its body, its headers and the id of a job. The driver sees
// none of them; the vendor that is asked about the job gets its own id.
func TestVendorQuotesKey(t *testing.T) {
	t.Parallel()
	const key = "sk/proj+QX0123456789&abcdef"
	var polled, body, host string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			polled = r.URL.Path + "?" + r.URL.Query().Get("id")
			return
		}
		data, _ := io.ReadAll(r.Body)
		body = string(data)
		w.Header().Set("X-Request-Id", "req-"+key)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"id": "job-" + key + "-1", "token": strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), "poll": "http://" + host + "/jobs/" + url.PathEscape(key) + "?id=" + url.QueryEscape(key),
		})
	}))
	t.Cleanup(srv.Close)
	host = strings.TrimPrefix(srv.URL, "http://")
	call := Call{Account: Account{BaseURL: srv.URL, Secret: key}, HTTP: &Client{HTTP: NewTransport()}}
	made := BearerToken("made-of-the-key-0123456789")
	res, err := call.HTTP.Do(t.Context(), call, Request{URL: "/", Body: map[string]string{"prompt": "•••"}, Paid: true, Authorize: made})
	if err != nil || strings.Contains(fmt.Sprint(string(res.Body), res.Header), "QX") || strings.Contains(string(res.Body), "made-of") || res.Header.Get("X-Request-Id") != "req-•••" {
		t.Fatalf("%v %s %v", err, res.Body, res.Header)
	}
	if !strings.Contains(body, "•••") {
		t.Errorf("a paid request got the key in its prompt: %s", body)
	}
	var job struct{ ID, Poll string }
	if err := json.Unmarshal(res.Body, &job); err != nil || job.ID != "job-•••-1" {
		t.Fatalf("%v %+v", err, job)
	}
	for name, address := range map[string]string{"an id": "/jobs/" + url.PathEscape(job.ID) + "?id=" + url.QueryEscape(job.ID), "an address": job.Poll} {
		if _, err := call.HTTP.Do(t.Context(), call, Request{URL: address}); err != nil || strings.Count(polled, key) != 2 {
			t.Errorf("%s: %v %s", name, err, polled)
		}
	}
	if _, err := call.HTTP.Do(t.Context(), call, Request{URL: "/", Body: map[string]string{"id": job.ID}}); err != nil || !strings.Contains(strings.ReplaceAll(body, `\u0026`, "&"), `"job-`+key+`-1"`) {
		t.Errorf("in a body: %v %s", err, body)
	}
	if got := call.Account.Unmask("https://cdn.example/•••"); got != "https://cdn.example/•••" {
		t.Errorf("another host: %s", got)
	}
	srv.Close()
	_, err = call.HTTP.Do(t.Context(), call, Request{URL: job.Poll})
	if text := fmt.Sprint(err, " ", fault.From(err).Err); fault.KindOf(err) != fault.Unavailable || strings.Contains(text, "QX") {
		t.Errorf("%s", text)
	}
}

func BenchmarkRedactBase64(b *testing.B) {
	data := make([]byte, 1<<20)
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // not a secret
	for i := range data {
		data[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[r.IntN(64)]
	}
	s := newSecrets("sk-proj-QX0123456789abcdef", "")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		s.find(data, 0)
	}
}
