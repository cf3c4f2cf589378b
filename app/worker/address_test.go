package worker_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// An address of a result is read in any form, of an answer at once and of a poll; one that
// cannot be used stays with the paid task, whole.
func TestAddressOfAResult(t *testing.T) {
	t.Parallel()
	dataURL := "data:image/png;base64," + base64.RawURLEncoding.EncodeToString(workertest.PNG())
	for name, c := range map[string]struct {
		address string
		b64     []string
		want    task.State
		images  int
		warning string // part of one
	}{
		"absolute path":             {"/files/x.png", nil, task.Succeeded, 1, ""},
		"relative path":             {"files/x.png\n", nil, task.Succeeded, 1, ""},
		"data URL":                  {dataURL, nil, task.Succeeded, 1, ""},
		"percent-encoded data URL":  {strings.ReplaceAll(dataURL, "/", "%2F"), nil, task.Succeeded, 1, ""},
		"of a bucket":               {"oss://bucket/fox.png?sig=a%2Fb", nil, task.Failed, 0, "oss://bucket/fox.png?sig=a%2Fb"},
		"of a bucket, beside bytes": {"oss://bucket/fox.png", []string{base64.StdEncoding.EncodeToString(workertest.PNG())}, task.Succeeded, 1, "oss://bucket/fox.png"},
		"a local file":              {"file:///etc/passwd", nil, task.Failed, 0, "file:///etc/passwd"},
		"in the base64":             {"", []string{"HOST/files/x.png"}, task.Succeeded, 1, ""},
	} {
		for _, async := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", polled"}[async], func(t *testing.T) {
				t.Parallel()
				r := newRig(t, workertest.FakeVendor{Async: async}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
					if strings.HasSuffix(req.URL.Path, "/files/x.png") {
						if req.Header.Get("Authorization") != "" {
							t.Error("the key was sent with a result's address")
						}
						_, _ = w.Write(workertest.PNG())
						return
					}
					a := workertest.FakeAnswer{ID: "1", URL: c.address, B64: slices.Clone(c.b64), St: "done"}
					for i := range a.B64 {
						a.B64[i] = strings.ReplaceAll(a.B64[i], "HOST", "http://"+req.Host)
					}
					_ = json.NewEncoder(w).Encode(a)
				})
				v := r.run(`{"prompt":"x"}`)
				if v.Status != c.want || len(v.Data) != c.images || v.Charged != fault.ChargedYes {
					t.Fatalf("%s, charged %s, %d images, %+v; want %s", v.Status, v.Charged, len(v.Data), v.Error, c.want)
				}
				if told := strings.Join(v.Warnings, "\n"); !strings.Contains(told, c.warning) || c.warning == "" && told != "" {
					t.Errorf("warnings %q, want %q", told, c.warning)
				}
				r.EmptySpool()
			})
		}
	}
}

// The answer to a paid request may come compressed, with a byte order mark, and with
// another status of success. One that is cut off within its compression is in doubt.
func TestEncodedAnswers(t *testing.T) {
	t.Parallel()
	answer, err := json.Marshal(workertest.FakeAnswer{B64: []string{base64.StdEncoding.EncodeToString(workertest.PNG())}})
	must(t, err)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, err = z.Write(answer)
	must(t, err)
	must(t, z.Close())
	for name, c := range map[string]struct {
		coding string
		body   []byte
		want   task.State
	}{
		"gzip":                  {"gzip", zipped.Bytes(), task.Succeeded},
		"gzip without a header": {"", zipped.Bytes(), task.Succeeded},
		"byte order mark":       {"", append([]byte("\xef\xbb\xbf"), answer...), task.Succeeded},
		"padding":               {"", append(bytes.Clone(answer), 0, 0, '\n', 0), task.Succeeded},
		"gzip cut off":          {"gzip", zipped.Bytes()[:zipped.Len()/2], task.InDoubt},
		"unknown coding":        {"compress", answer, task.InDoubt},
		"empty":                 {"", nil, task.InDoubt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
				r.purchases.Add(1)
				if got := req.Header.Get("Accept-Encoding"); got != "identity" {
					t.Errorf("Accept-Encoding %q", got)
				}
				if c.coding != "" {
					w.Header().Set("Content-Encoding", c.coding)
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write(c.body)
			})
			v := r.run(`{"prompt":"x"}`)
			if v.Status != c.want || r.purchases.Load() != 1 {
				t.Fatalf("%s, %+v, %d purchases; want %s", v.Status, v.Error, r.purchases.Load(), c.want)
			}
			if v.Status == task.InDoubt && v.Charged != fault.ChargedUnknown {
				t.Errorf("charged %s", v.Charged)
			}
		})
	}
}
