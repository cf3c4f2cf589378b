package vertex

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// A video in a bucket is fetched with the key; a missing object is told apart from
// an error that may be temporary.
func TestFetch(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, address string
		status        int
		kind          fault.Kind
	}{
		{"there", "gs://videos/a b/1/sample_0.mp4", 200, ""},
		{"gone", "gs://videos/gone.mp4", 404, fault.ResultExpired},
		{"not allowed yet", "gs://videos/a.mp4", 403, fault.Unavailable},
		{"busy", "gs://videos/a.mp4", 503, fault.Unavailable},
		{"refused for good", "gs://videos/a.mp4", 401, fault.Unavailable},
		{"no object", "gs://videos", 200, fault.InvalidResult},
		{"no name", "gs://videos/", 200, fault.InvalidResult},
		{"no bucket", "gs:///a.mp4", 200, fault.InvalidResult},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			call, _ := googleToken(t, nil)
			var asked atomic.Int64
			gcs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				if r.Header.Get("Authorization") == "" {
					t.Error("no Authorization header")
				}
				if c.status == 200 && r.RequestURI != "/storage/v1/b/videos/o/a%20b%2F1%2Fsample_0.mp4?alt=media" {
					t.Error(r.RequestURI)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, "video")
			}))
			t.Cleanup(gcs.Close)
			call.Account.Attrs[attrGCS] = gcs.URL
			var b bytes.Buffer
			err := Driver{}.Fetch(t.Context(), call, c.address, &b)
			if fault.KindOf(err) != c.kind || err == nil && b.String() != "video" || err != nil && b.Len() > 0 {
				t.Errorf("%v, %q", err, b.String())
			}
			if n := asked.Load(); c.status == 401 && n != 2 || n > 2 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// A token that the bucket refuses is renewed once.
func TestFetchRenews(t *testing.T) {
	t.Parallel()
	call, asked := googleToken(t, nil)
	gcs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer t2" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(gcs.Close)
	call.Account.Attrs[attrGCS] = gcs.URL
	if err := (Driver{}).Fetch(t.Context(), call, "gs://videos/a.mp4", io.Discard); err != nil || asked.Load() != 2 {
		t.Errorf("%v after %d tokens", err, asked.Load())
	}
}

// Without VEO_STORAGE_URI there is nothing to look up.
func TestFindWithoutBucket(t *testing.T) {
	t.Parallel()
	call, asked := googleToken(t, nil)
	if found, err := (Driver{}).Find(t.Context(), call); err != nil || found != (provider.Outcome{}) || asked.Load() > 0 {
		t.Errorf("%+v %v", found, err)
	}
}
