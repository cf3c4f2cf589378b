package jimeng

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Signatures computed by other programs: the first is a documented test vector and
// the result of the vendor's own Go code; all were verified with Python's hmac.
func TestSignature(t *testing.T) {
	t.Parallel()
	const least = `{"req_key":"jimeng_t2i_v40","prompt":"a red fox","force_single":true}`
	for name, c := range map[string]struct {
		url, body string
		want      string
	}{
		"submit":             {"https://visual.volcengineapi.com/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31", least, "9e3379ab9c53b0d3a5a9ca18b6b594f77b575ce0aabe8e1ebba977c1f973fd98"},
		"query is sorted":    {"https://visual.volcengineapi.com/?Version=2022-08-31&Action=CVSync2AsyncSubmitTask", least, "9e3379ab9c53b0d3a5a9ca18b6b594f77b575ce0aabe8e1ebba977c1f973fd98"},
		"poll, another host": {"http://127.0.0.1:8080/jimeng/?Action=CVSync2AsyncGetResult&Version=2022-08-31", `{"prompt":"狐狸"}`, "91516d00585a860a9dcbabe2ad72448d0d3c4298eb15d604d3c7d8cd007e3b27"},
		"a space":            {"https://visual.volcengineapi.com/?Action=a+b~c", "", "ad8bb8ce26a243c22c3e473ecfc13c8218117da12b9fd382207b129c6f7845e6"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(c.body)), nil }
			r.Header.Set("Content-Type", "application/json")
			now := time.Date(2026, 11, 23, 16, 0, 0, 0, time.FixedZone("", 8*3600))
			if err := sign(r, "AKLTEXAMPLE", "c2VjcmV0LWV4YW1wbGU=", now); err != nil {
				t.Fatal(err)
			}
			want := "HMAC-SHA256 Credential=AKLTEXAMPLE/20261123/cn-north-1/cv/request, SignedHeaders=content-type;host;x-content-sha256;x-date, Signature=" + c.want
			if got := r.Header.Get("Authorization"); got != want {
				t.Errorf("%s\nwant %s", got, want)
			}
			if got := r.Header.Get("X-Date"); got != "20261123T080000Z" {
				t.Errorf("X-Date %s", got)
			}
		})
	}
}
