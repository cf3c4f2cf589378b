package fetch

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"aigc/app/fault"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	s := testServer(t)
	port := s.URL[strings.LastIndexByte(s.URL, ':'):]
	const blocked, invalid = "url_not_allowed", "url_invalid"
	cases := map[string]struct{ url, code string }{
		"loopback":                 {"http://127.0.0.1" + port + "/image", blocked},
		"another loopback address": {"http://127.8.9.10" + port + "/image", blocked},
		"a name for loopback":      {"http://localhost" + port + "/image", blocked},
		"in capitals":              {"HTTP://LOCALHOST" + port + "/image", blocked},
		"IPv6 loopback":            {"http://[::1]" + port + "/image", blocked},
		"IPv4 in IPv6":             {"http://[::ffff:127.0.0.1]" + port + "/image", blocked},
		"IPv4 in IPv6, as hex":     {"http://[::ffff:7f00:1]" + port + "/image", blocked},
		"old IPv4 in IPv6":         {"http://[::127.0.0.1]" + port + "/image", blocked},
		"NAT64":                    {"http://[64:ff9b::7f00:1]" + port + "/image", blocked},
		"6to4":                     {"http://[2002:7f00:1::]" + port + "/image", blocked},
		"this host":                {"http://0.0.0.0" + port + "/image", blocked},
		"this host, IPv6":          {"http://[::]" + port + "/image", blocked},
		"decimal":                  {"http://2130706433" + port + "/image", blocked},
		"hex":                      {"http://0x7f000001" + port + "/image", blocked},
		"hex parts":                {"http://0x7f.0x0.0x0.0x1" + port + "/image", blocked},
		"octal":                    {"http://0177.0.0.1" + port + "/image", blocked},
		"two parts":                {"http://127.1" + port + "/image", blocked},
		"zero":                     {"http://0" + port + "/image", blocked},
		"dot at the end":           {"http://127.0.0.1." + port + "/image", blocked},
		"full-width digits":        {"http://１２７.０.０.１" + port + "/image", blocked},
		"private 10":               {"http://10.0.0.1/", blocked},
		"private 172":              {"http://172.16.0.1/", blocked},
		"private 192":              {"http://192.168.0.1/", blocked},
		"carrier":                  {"http://100.64.0.1/", blocked},
		"cloud metadata":           {"http://169.254.169.254/latest/meta-data/", blocked},
		"unique local":             {"http://[fd00:ec2::254]/", blocked},
		"link local":               {"http://[fe80::1]/", blocked},
		"link local, with zone":    {"http://[fe80::1%25lo]/", blocked},
		"multicast":                {"http://224.0.0.1/", blocked},
		"broadcast":                {"http://255.255.255.255/", blocked},
		"file":                     {"file:///etc/passwd", invalid},
		"gopher":                   {"gopher://example.com/", invalid},
		"no scheme":                {"example.com/a.png", invalid},
		"no host":                  {"http:///a.png", invalid},
		"only a port":              {"http://" + port + "/image", invalid},
		"opaque":                   {"http:example.com", invalid},
		"empty":                    {"", invalid},
		"a space":                  {"http://exa mple.com/", invalid},
		"bad port":                 {"http://example.com:x/", invalid},
		"user":                     {"http://me@example.com/", invalid},
		"user and password":        {"http://me:pw@example.com/", invalid},
		"port beyond":              {"http://10.0.0.1:99999/", "url_unreachable"},
	}
	strict := newClient(t, Config{Exempt: []string{s.URL}}) // not for callers' URLs
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expectFault(t, strict, Request{URL: c.url}, fault.Invalid, c.code)
		})
	}
	// The first hop is allowed, the second is not.
	loopbackOnly := newClient(t, Config{Allow: []netip.Prefix{netip.MustParsePrefix("::ffff:127.0.0.1/128")}})
	for name, to := range map[string]string{
		"cloud metadata":           "http://169.254.169.254/latest/meta-data/",
		"IPv6 loopback":            "http://[::1]" + port + "/image",
		"another loopback address": "http://127.0.0.2" + port + "/image",
		"decimal":                  "//2852039166/",
	} {
		t.Run("redirect to "+name, func(t *testing.T) {
			t.Parallel()
			expectFault(t, loopbackOnly, Request{URL: s.URL + "/to?url=" + url.QueryEscape(to)}, fault.Invalid, blocked)
		})
	}
	t.Run("a vendor's URL", func(t *testing.T) {
		t.Parallel()
		expectFault(t, newClient(t, Config{}), Request{URL: s.URL + "/image", FromVendor: true}, fault.Unavailable, "result_not_allowed")
	})
}

func expectFault(t *testing.T, c *Client, r Request, kind fault.Kind, code string) {
	t.Helper()
	var got bytes.Buffer
	_, err := c.Get(t.Context(), r, &got)
	if f := fault.From(err); f == nil || f.Kind != kind || f.StableCode() != code {
		t.Errorf("got %v, want %s %s", err, kind, code)
	}
	if got.Len() > 0 {
		t.Errorf("got %q", got.String())
	}
}

func TestExempt(t *testing.T) {
	t.Parallel()
	base, other := testServer(t), testServer(t)
	c := newClient(t, Config{Exempt: []string{base.URL + "/v1/", "::no URL::", "https://example.com"}})
	cases := map[string]struct {
		url    string
		vendor bool
		ok     bool
	}{
		"the base":                     {base.URL + "/image", true, true},
		"the base for a caller":        {base.URL + "/image", false, false},
		"another port":                 {other.URL + "/image", true, false},
		"another name of the address":  {strings.Replace(base.URL, "127.0.0.1", "localhost", 1) + "/image", true, false},
		"redirect within":              {base.URL + "/to?url=/image", true, true},
		"redirect away":                {base.URL + "/to?url=" + other.URL + "/image", true, false},
		"another scheme, no TLS there": {strings.Replace(base.URL, "http:", "https:", 1) + "/image", true, false},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := c.Get(t.Context(), Request{URL: k.url, FromVendor: k.vendor}, io.Discard)
			if (err == nil) != k.ok {
				t.Errorf("got %v", err)
			}
			if err != nil && !strings.HasSuffix(fault.From(err).Code, "_not_allowed") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	same := [][2]string{{"https://A.example/x", "https://a.example:443"}, {"HTTP://a", "http://a:80/"}, {"https://[2001:DB8::1]/", "https://[2001:db8::1]:443"}}
	for _, p := range same {
		a, _ := url.Parse(p[0])
		b, _ := url.Parse(p[1])
		if origin(a) != origin(b) {
			t.Errorf("%s and %s differ", origin(a), origin(b))
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	a, b := testServer(t), testServer(t)
	c := newClient(t, Config{Allow: loopback, UserAgent: "aigc/1"})
	key := http.Header{"X-Key": {"k"}, "Authorization": {"Bearer s"}, "Accept-Encoding": {"br"}}
	const with, without = `GET aigc/1 key="kBearer s" enc="identity" ref="" cookie=""`, `GET aigc/1 key="" enc="identity" ref="" cookie=""`
	back := b.URL + "/to?url=" + url.QueryEscape(a.URL+"/echo")
	cases := map[string]struct{ url, want string }{
		"the host itself": {a.URL + "/echo", with},
		"redirect within": {a.URL + "/to?url=/echo", with},
		"to another port": {a.URL + "/to?url=" + b.URL + "/echo", without},
		"there and back":  {a.URL + "/to?url=" + url.QueryEscape(back), without},
		"to another name": {a.URL + "/to?url=" + strings.Replace(a.URL, "127.0.0.1", "localhost", 1) + "/echo", without},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			_, err := c.Get(t.Context(), Request{URL: k.url, FromVendor: true, Header: key}, &got)
			if got.String() != k.want || (err == nil) != (k.want != "") {
				t.Errorf("got %s, %v", got.String(), err)
			}
		})
	}
	if len(key) != 3 || key.Get("X-Key") != "k" {
		t.Error("the caller's header was changed")
	}
}

func TestTLSDowngrade(t *testing.T) {
	t.Parallel()
	plain := testServer(t)
	secure := httptest.NewUnstartedServer(plain.Config.Handler)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	c := newClient(t, Config{Allow: loopback})
	expectFault(t, c, Request{URL: secure.URL + "/image"}, fault.Invalid, "url_unreachable") // its certificate is self-signed
	c.guarded.TLSClientConfig = secure.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	if _, err := c.Get(t.Context(), Request{URL: plain.URL + "/to?url=" + secure.URL + "/image"}, io.Discard); err != nil {
		t.Error(err)
	}
	expectFault(t, c, Request{URL: secure.URL + "/to?url=" + plain.URL + "/image"}, fault.Invalid, "url_redirect")
}

func TestProxy(t *testing.T) { // sets the environment
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "by proxy: "+r.URL.String())
	}))
	t.Cleanup(proxy.Close)
	direct := testServer(t)
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("NO_PROXY", "10.1.2.3")
	c := newClient(t, Config{Proxy: true, Exempt: []string{direct.URL, "http://10.9.9.9"}})

	const public = "http://93.184.215.14/a.png?sig=1"
	cases := map[string]struct{ url, want, code string }{
		"public":              {public, "by proxy: " + public, ""},
		"exempt":              {"http://10.9.9.9/a", "by proxy: http://10.9.9.9/a", ""},
		"exempt on loopback":  {direct.URL + "/image", "0123456789", ""},
		"metadata":            {"http://169.254.169.254/", "", "result_not_allowed"},
		"private":             {"http://10.0.0.1/", "", "result_not_allowed"},
		"mapped":              {"http://[::ffff:10.0.0.1]/", "", "result_not_allowed"},
		"decimal":             {"http://2852039166/", "", "result_not_allowed"},
		"excepted from proxy": {"http://10.1.2.3/", "", "result_not_allowed"},
		"loopback":            {proxy.URL + "/", "", "result_not_allowed"},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			_, err := c.Get(t.Context(), Request{URL: k.url, FromVendor: true}, &got)
			if got.String() != k.want || (err == nil) != (k.code == "") || err != nil && fault.From(err).Code != k.code {
				t.Errorf("got %q, %v", got.String(), err)
			}
		})
	}
	t.Run("never for callers", func(t *testing.T) {
		expectFault(t, c, Request{URL: "http://10.0.0.1/"}, fault.Invalid, "url_not_allowed")
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"http://a/b", "https://[::1]:1/", "//x", "http://u:p@h", "http://１２７.1/", "http:///", "http://a:/?q"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://example.com/a/b?c")
	f.Fuzz(func(t *testing.T, s string) {
		for _, b := range []*url.URL{nil, base} {
			u, err := parse(b, s)
			if err != nil {
				continue
			}
			if u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Hostname() == "" {
				t.Errorf("%q was parsed as %v", s, u)
			}
			if strings.ContainsFunc(u.Hostname(), func(r rune) bool { return r > '~' }) {
				t.Errorf("%q kept its host %q", s, u.Hostname())
			}
			if again, err := parse(nil, u.String()); err != nil || origin(again) != origin(u) {
				t.Errorf("%q becomes %v when formatted and parsed again, %v", s, again, err)
			}
			isNumericHost(u.Hostname())
		}
	})
}
