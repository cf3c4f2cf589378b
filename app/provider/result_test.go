package provider_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/provider"
)

const smallPNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// nowhere is a sink that discards the files of an answer.
type nowhere struct{}

type discard struct{ io.Writer }

func (discard) Close() error                       { return nil }
func (nowhere) Create(int) (io.WriteCloser, error) { return discard{io.Discard}, nil }
func (nowhere) Extracted([]jsonblob.Blob)          {}

// complete is a result of an answer that came from /v1/images of a vendor, completed.
func complete(t *testing.T, r provider.Result) (got provider.Result, host string) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"url": r.URL, "b64_json": r.Base64})
	}))
	defer srv.Close()
	c := &provider.Client{HTTP: provider.NewTransport(), Blobs: nowhere{}}
	call := provider.Call{Account: provider.Account{BaseURL: srv.URL}, HTTP: c}
	res, err := c.Do(t.Context(), call, provider.Request{URL: "/v1/images", Body: map[string]string{}, Paid: true})
	if err != nil {
		t.Fatal(err)
	}
	var item struct {
		URL string `json:"url"`
		B64 string `json:"b64_json"`
	}
	if err := res.Decode(&item); err != nil {
		t.Fatal(err)
	}
	a := provider.Answer{Results: []provider.Result{{URL: item.URL, Base64: item.B64}}}
	if err := c.Complete(&a, nil); err != nil {
		t.Fatal(err)
	}
	return a.Results[0], srv.URL
}

func TestAddressOfAResult(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ address, want string }{ // HOST is the vendor's
		"absolute":                 {"https://cdn.example/a.png?sig=x%2Fy&e=1", "https://cdn.example/a.png?sig=x%2Fy&e=1"},
		"scheme in upper case":     {"HTTPS://cdn.example/a.png", "https://cdn.example/a.png"},
		"one slash":                {"https:/cdn.example/a.png", "https://cdn.example/a.png"},
		"absolute path":            {"/files/a.png?x=1", "HOST/files/a.png?x=1"},
		"relative path":            {"files/a.png", "HOST/v1/files/a.png"},
		"relative path with dots":  {"../files/a.png", "HOST/files/a.png"},
		"file name":                {"a.png", "HOST/v1/a.png"},
		"query":                    {"?file=a.png", "HOST/v1/images?file=a.png"},
		"without a scheme":         {"//cdn.example/a.png", "http://cdn.example/a.png"},
		"host and path":            {"cdn.example.com/a.png", "http://cdn.example.com/a.png"},
		"host with port":           {"cdn.example.com:8443/a.png", "http://cdn.example.com:8443/a.png"},
		"short host with port":     {"localhost:9000/a.png", "http://localhost:9000/a.png"},
		"number with port":         {"127.0.0.1:9000/a.png", "http://127.0.0.1:9000/a.png"},
		"a folder with a number":   {"v1.2/a.png", "HOST/v1/v1.2/a.png"},
		"line end":                 {"https://cdn.example/a.png\n", "https://cdn.example/a.png"},
		"wrapped":                  {"https://cdn.example/\r\n  a.png", "https://cdn.example/%20%20a.png"},
		"white space around":       {" \t https://cdn.example/a.png  ", "https://cdn.example/a.png"},
		"byte order mark":          {"\ufeffhttps://cdn.example/a.png", "https://cdn.example/a.png"},
		"space inside":             {"https://cdn.example/my fox.png?q=a b", "https://cdn.example/my%20fox.png?q=a%20b"},
		"not ASCII":                {"https://cdn.example/狐.png", "https://cdn.example/狐.png"},
		"percent sign":             {"https://cdn.example/100%.png", "https://cdn.example/100%25.png"},
		"slashes escaped twice":    {`https:\/\/cdn.example\/a.png`, "https://cdn.example/a.png"},
		"ampersand escaped twice":  {`https://cdn.example/a.png?x=1\u0026y=2`, "https://cdn.example/a.png?x=1&y=2"},
		"backslashes":              {`https:\\cdn.example\a.png`, "https://cdn.example/a.png"},
		"escaped for HTML":         {"https://cdn.example/a.png?x=1&amp;y=2", "https://cdn.example/a.png?x=1&y=2"},
		"quoted":                   {`"https://cdn.example/a.png"`, "https://cdn.example/a.png"},
		"in angle brackets":        {"<https://cdn.example/a.png>", "https://cdn.example/a.png"},
		"Markdown":                 {"![a fox](https://cdn.example/a.png)", "https://cdn.example/a.png"},
		"another scheme":           {"oss://bucket/fox.png", "oss://bucket/fox.png"},
		"a bucket":                 {"gs://bucket/folder/fox.mp4", "gs://bucket/folder/fox.mp4"},
		"a scheme without a slash": {"urn:fox:1", "urn:fox:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for field, r := range map[string]provider.Result{"url": {URL: c.address}, "b64_json": {Base64: c.address}} {
				if field == "b64_json" && !strings.ContainsAny(c.address, ".:?") {
					continue
				}
				got, host := complete(t, r)
				if want := strings.Replace(c.want, "HOST", host, 1); got.URL != want || got.Base64 != "" {
					t.Errorf("%s: %q, base64 %q; want %q", field, got.URL, got.Base64, want)
				}
			}
		})
	}
}

func TestFileInsteadOfAnAddress(t *testing.T) {
	t.Parallel()
	big := "iVBORw0KGgo" + strings.Repeat("AAAA", 40_000)
	for name, c := range map[string]struct {
		r     provider.Result
		large bool
	}{
		"data URL":                      {provider.Result{URL: "data:image/png;base64," + smallPNG}, false},
		"data URL in upper case":        {provider.Result{URL: " DATA:IMAGE/PNG;BASE64," + smallPNG}, false},
		"data URL without data":         {provider.Result{URL: "image/png;base64," + smallPNG}, false},
		"percent-encoded data URL":      {provider.Result{URL: "data:image/svg+xml,%3Csvg%2F%3E"}, false},
		"base64 as URL":                 {provider.Result{URL: smallPNG}, false},
		"base64":                        {provider.Result{Base64: smallPNG}, false},
		"base64 of a JPEG":              {provider.Result{URL: "/9j/" + strings.Repeat("4AAQ", 30)}, false},
		"base64 with an empty URL":      {provider.Result{Base64: smallPNG, URL: " "}, false},
		"large data URL":                {provider.Result{URL: "data:image/png;base64," + big}, true},
		"large base64 as URL":           {provider.Result{URL: big}, true},
		"large base64":                  {provider.Result{Base64: big}, true},
		"large base64 beside a blank":   {provider.Result{Base64: big, URL: "\n"}, true},
		"data URL in the base64":        {provider.Result{Base64: "data:image/png;base64," + smallPNG}, false},
		"damaged base64 is no address":  {provider.Result{Base64: smallPNG[:60] + "?.:" + smallPNG[60:]}, false},
		"data URL that names a file.ok": {provider.Result{URL: `data:image/png;name="a.png";base64,` + smallPNG}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := complete(t, c.r)
			if got.URL != "" || got.Base64 == "" || strings.HasPrefix(got.Base64, "blob:") != c.large {
				t.Errorf("URL %q, base64 %.40q", got.URL, got.Base64)
			}
		})
	}
}

// An image instead of the JSON that a driver expects is the result of a paid request.
func TestFileAsTheAnswer(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "\x89PNG\r\n\x1a\n and more")
	}))
	defer srv.Close()
	unread := fault.New(fault.InDoubt, "answer_unreadable", "It cannot be read.")
	for name, c := range map[string]struct {
		paid bool
		err  error
		want int
	}{
		"unreadable to the driver": {true, unread, 1},
		"refused by the driver":    {true, fault.New(fault.Rejected, "content_refused", "No."), 0},
		"of a poll":                {false, unread, 0},
	} {
		client := &provider.Client{HTTP: provider.NewTransport(), Blobs: nowhere{}}
		if _, err := client.Do(t.Context(), provider.Call{Account: provider.Account{BaseURL: srv.URL}}, provider.Request{URL: "/", Body: 1, Paid: c.paid}); err != nil {
			t.Fatal(err)
		}
		var a provider.Answer
		if err := client.Complete(&a, c.err); len(a.Results) != c.want || (err == nil) != (c.want > 0) {
			t.Errorf("%s: %v, %+v", name, err, a.Results)
		}
	}
}
