package web_test

import (
	"strings"
	"testing"

	"aigc/app/web"
)

// A loopback listener refuses other host names and cross-origin requests.
func TestGuard(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{"/": readBody}, func(c *web.Config) { c.AllowedHosts = []string{"Inner.example", "fd00::1"} })
	cases := map[string]struct {
		headers []string
		code    string // empty: accepted
	}{
		"no origin":               {nil, ""},
		"our own page":            {[]string{"Origin", r.url, "Sec-Fetch-Site", "same-origin"}, ""},
		"a typed URL":             {[]string{"Sec-Fetch-Site", "none"}, ""},
		"the public origin":       {[]string{"Origin", "http://gateway.example:5512", "Sec-Fetch-Site", "cross-site"}, ""},
		"a sandboxed page":        {[]string{"Origin", "null"}, "cross_origin"},
		"another page":            {[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, "cross_origin"},
		"another port":            {[]string{"Origin", "http://127.0.0.1:9", "Sec-Fetch-Site", "same-site"}, "cross_origin"},
		"an old browser":          {[]string{"Origin", "https://evil.example"}, "cross_origin"},
		"only Sec-Fetch-Site":     {[]string{"Sec-Fetch-Site", "cross-site"}, "cross_origin"},
		"a rebound name":          {[]string{"Host", "evil.example", "Origin", "http://evil.example", "Sec-Fetch-Site", "same-origin"}, "foreign_host"},
		"a rebound name, a port":  {[]string{"Host", "evil.example:80"}, "foreign_host"},
		"localhost":               {[]string{"Host", "localhost:1"}, ""},
		"LOCALHOST":               {[]string{"Host", "LOCALHOST"}, ""},
		"localhost with a dot":    {[]string{"Host", "localhost.:80"}, ""},
		"an address with a dot":   {[]string{"Host", "127.0.0.1."}, ""},
		"a long IPv6":             {[]string{"Host", "[0:0:0:0:0:0:0:1]:80"}, ""},
		"an allowed name, a dot":  {[]string{"Host", "INNER.example.:80"}, ""},
		"the public name, a dot":  {[]string{"Host", "gateway.example."}, ""},
		"another name, a dot":     {[]string{"Host", "evil.example."}, "foreign_host"},
		"no host":                 {[]string{"Host", "."}, "foreign_host"},
		"IPv6":                    {[]string{"Host", "[::1]:80"}, ""},
		"the public name":         {[]string{"Host", "gateway.example"}, ""},
		"an allowed name":         {[]string{"Host", "inner.example"}, ""},
		"an allowed name, a port": {[]string{"Host", "inner.example:5513"}, ""},
		"an allowed address":      {[]string{"Host", "[fd00::1]:80"}, ""},
		"a page at an allowed name": {
			[]string{"Host", "inner.example", "Origin", "http://inner.example", "Sec-Fetch-Site", "same-origin"}, ""},
		"a page of an allowed name": {[]string{"Origin", "http://inner.example", "Sec-Fetch-Site", "cross-site"}, "cross_origin"},
		"a longer name":             {[]string{"Host", "localhost.evil.example"}, "foreign_host"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.do(t, "POST", "/", strings.NewReader("x"), c.headers...)
			if c.code == "" && a.StatusCode != 200 || c.code != "" && (a.StatusCode != 403 || !strings.HasPrefix(a.body, "plain "+c.code)) {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
			for name := range a.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s: %s", name, a.Header.Get(name))
				}
			}
			if c.code == "foreign_host" && (!strings.Contains(a.body, "AIGC_ALLOWED_HOSTS") || !strings.Contains(a.body, "AIGC_PUBLIC_URL")) {
				t.Errorf("the settings are not named: %s", a.body)
			}
		})
	}
}

// A listener that is not on loopback allows all host names: its callers need a
// key, which a web page does not have.
func TestGuardOfPublicListener(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{"/": readBody}, func(c *web.Config) { c.Loopback = false })
	if a := r.do(t, "POST", "/", nil, "Host", "other.example"); a.StatusCode != 200 {
		t.Errorf("another name: %d %s", a.StatusCode, a.body)
	}
	if a := r.do(t, "POST", "/", nil, "Host", "other.example", "Origin", "https://evil.example"); a.StatusCode != 403 {
		t.Errorf("another origin: %d %s", a.StatusCode, a.body)
	}
}

// The origin of the public URL is trusted as browsers write it.
func TestGuardOfPublicOrigin(t *testing.T) {
	t.Parallel()
	for public, origin := range map[string]string{
		"HTTPS://Images.Example/aigc":     "https://images.example",
		"https://images.example:443":      "https://images.example",
		"http://images.example:80/":       "http://images.example",
		"https://images.example:8443":     "https://images.example:8443",
		"http://images.example:443/a/b/c": "http://images.example:443",
		"http://[FD00::1]:5512":           "http://[fd00::1]:5512",
	} {
		r := start(t, textFace{"/": readBody}, func(c *web.Config) { c.PublicURL = public })
		if a := r.do(t, "POST", "/", nil, "Origin", origin, "Sec-Fetch-Site", "cross-site"); a.StatusCode != 200 {
			t.Errorf("%s does not trust %s: %d %s", public, origin, a.StatusCode, a.body)
		}
	}
}

// The parameters of a query are counted before they are parsed.
func TestQueryLimit(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{"/": readBody})
	for n, status := range map[int]int{1: 200, 100: 200, 101: 422} {
		a := r.do(t, "GET", "/?"+strings.TrimPrefix(strings.Repeat("&a=1", n), "&"), nil)
		if a.StatusCode != status || status != 200 && !strings.HasPrefix(a.body, "plain too_many_parameters") {
			t.Errorf("%d parameters: %d %s", n, a.StatusCode, a.body)
		}
	}
}
