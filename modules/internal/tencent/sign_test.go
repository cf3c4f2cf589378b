package tencent

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Signatures computed by other programs: the first is a test vector with the body of a
// submission; the others were computed with Python's hmac. The date is that of UTC.
func TestSignature(t *testing.T) {
	t.Parallel()
	least, err := json.Marshal(submission{Prompt: "a red fox", Resolution: "1024:1024"})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"Prompt":"a red fox","Resolution":"1024:1024","LogoAdd":0,"Revise":0}`; string(least) != want {
		t.Fatalf("body %s, want %s", least, want)
	}
	vector := time.Unix(1795420800, 0)
	for name, c := range map[string]struct {
		url, body string
		at        time.Time
		date      string
		want      string
	}{
		"submit":                    {"https://aiart.tencentcloudapi.com/", string(least), vector, "2026-11-23", "ced1287bd5049d551e724f6f8798f43da27f3269478e7d3c269808bb86d9808b"},
		"another zone":              {"https://aiart.tencentcloudapi.com/", string(least), vector.In(time.FixedZone("", 14*3600)), "2026-11-23", "ced1287bd5049d551e724f6f8798f43da27f3269478e7d3c269808bb86d9808b"},
		"upper case":                {"https://AIART.tencentcloudapi.com/", string(least), vector, "2026-11-23", "ced1287bd5049d551e724f6f8798f43da27f3269478e7d3c269808bb86d9808b"},
		"another host, with a path": {"http://127.0.0.1:8080/tencent/", `{"JobId":"狐狸"}`, vector, "2026-11-23", "9d9ad8c474d159fa09467d7f292ca824b1f854d76cdce933fbe08bc72b401ca9"},
		"just before midnight":      {"https://aiart.tencentcloudapi.com/", "{}", time.Unix(1795478399, 0).In(time.FixedZone("", 8*3600)), "2026-11-23", "b4d7a3b67d09d001f434a3476ea687fd2dc57aa179c2ef317f088b7560c254b0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(c.body)), nil }
			r.Header.Set("Content-Type", "application/json")
			if err := sign(r, "AKIDEXAMPLE", "c2VjcmV0LWV4YW1wbGU", c.at); err != nil {
				t.Fatal(err)
			}
			want := "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/" + c.date + "/aiart/tc3_request, SignedHeaders=content-type;host, Signature=" + c.want
			if got := r.Header.Get("Authorization"); got != want {
				t.Errorf("%s\nwant %s", got, want)
			}
			if got := r.Header.Get("X-TC-Timestamp"); len(got) != 10 {
				t.Errorf("X-TC-Timestamp %s", got)
			}
		})
	}
}
