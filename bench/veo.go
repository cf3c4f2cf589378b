package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// veoVendor imitates Google's API for Veo over TLS. No job finishes before it is told to
// begin; from then on they finish in the order of their submission, at a constant rate.
type veoVendor struct {
	answer time.Duration // delay of every answer
	video  string        // base64

	mu    sync.Mutex
	jobs  map[string]int // numbers by operation
	begun time.Time
	rate  float64 // jobs that finish in a second
	polls int
}

func serveVeo(answer time.Duration, size int, certFile string) error {
	cert, err := selfSigned(certFile)
	if err != nil {
		return err
	}
	v := &veoVendor{answer: answer, video: base64.StdEncoding.EncodeToString(smallMP4(size)), jobs: map[string]int{}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"bench","token_type":"Bearer","expires_in":3600}`)
	})
	mux.HandleFunc("POST /v1/", v.serve)
	mux.HandleFunc("POST /begin", func(_ http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.begun = time.Now()
		_, _ = fmt.Sscan(r.URL.Query().Get("rate"), &v.rate)
	})
	mux.HandleFunc("GET /report", func(w http.ResponseWriter, _ *http.Request) { v.report(w) })
	fmt.Println("https://" + ln.Addr().String())
	return serveTLS(ln, mux, cert, nil)
}

// serve answers a submission or a poll.
func (v *veoVendor) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	time.Sleep(v.answer)
	w.Header().Set("Content-Type", "application/json")
	model, verb, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v1/"), ":")
	if verb == "predictLongRunning" {
		name := fmt.Sprintf("%s/operations/%016x", model, rand.Uint64())
		v.mu.Lock()
		v.jobs[name] = len(v.jobs)
		v.mu.Unlock()
		_, _ = fmt.Fprintf(w, `{"name":"%s"}`, name)
		return
	}
	var poll struct{ OperationName string }
	_ = json.Unmarshal(body, &poll)
	v.mu.Lock()
	v.polls++
	ready, known := v.readyAt(poll.OperationName)
	v.mu.Unlock()
	switch {
	case !known:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"error":{"code":404,"status":"NOT_FOUND","message":"no such operation"}}`)
	case ready.IsZero() || time.Now().Before(ready):
		_, _ = fmt.Fprintf(w, `{"name":"%s"}`, poll.OperationName)
	default:
		_, _ = fmt.Fprintf(w, `{"name":"%s","done":true,"response":{"videos":[{"bytesBase64Encoded":"%s","mimeType":"video/mp4"}]}}`, poll.OperationName, v.video)
	}
}

// readyAt is when a job finishes; the zero time if that is not known yet.
func (v *veoVendor) readyAt(name string) (at time.Time, known bool) {
	n, known := v.jobs[name]
	if !known || v.begun.IsZero() {
		return time.Time{}, known
	}
	return v.begun.Add(time.Duration(float64(n) / v.rate * float64(time.Second))), true
}

// veoReport is what the vendor counted.
type veoReport struct {
	Ready map[string]int64 // finishing times by operation, in milliseconds since 1970
	Jobs  int
	Polls int
}

func (v *veoVendor) report(w io.Writer) {
	v.mu.Lock()
	defer v.mu.Unlock()
	out := veoReport{Ready: map[string]int64{}, Jobs: len(v.jobs), Polls: v.polls}
	for name := range v.jobs {
		if at, _ := v.readyAt(name); !at.IsZero() && at.Before(time.Now()) {
			out.Ready[name] = at.UnixMilli()
		}
	}
	_ = json.NewEncoder(w).Encode(out)
}

// smallMP4 returns an MP4 of a duration without samples, of about size bytes.
func smallMP4(size int) []byte {
	box := func(kind string, payload []byte) []byte {
		return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(payload)+8)), kind...), payload...) //nolint:gosec // small
	}
	header := make([]byte, 100)
	binary.BigEndian.PutUint32(header[12:], 1000) // units per second
	binary.BigEndian.PutUint32(header[16:], 8000) // duration
	data := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{2}).Read(data)
	out := box("ftyp", []byte("isom\x00\x00\x02\x00isomiso2mp41"))
	return append(append(out, box("moov", box("mvhd", header))...), box("mdat", data)...)
}
