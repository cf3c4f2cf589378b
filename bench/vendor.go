package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// fluxVendor imitates the API of Black Forest Labs over TLS.
type fluxVendor struct {
	answer time.Duration    // delay of every answer
	ready  [2]time.Duration // bounds of the random time from a job's submission to its completion
	image  []byte

	mu    sync.Mutex
	jobs  map[string]time.Time // completion times by job id
	conns int                  // accepted TLS connections
	polls int
}

// serveFlux prints its address and writes its certificate to certFile, for the client
// to trust.
func serveFlux(answer, from, to time.Duration, certFile string) error {
	image, err := noisyPNG(200_000)
	if err != nil {
		return err
	}
	cert, err := selfSigned(certFile)
	if err != nil {
		return err
	}
	v := &fluxVendor{answer: answer, ready: [2]time.Duration{from, to}, image: image, jobs: map[string]time.Time{}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	root := "https://" + ln.Addr().String()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/flux-2-pro", func(w http.ResponseWriter, r *http.Request) { v.submit(w, r, root) })
	mux.HandleFunc("GET /v1/get_result", func(w http.ResponseWriter, r *http.Request) { v.poll(w, r, root) })
	mux.HandleFunc("GET /image/{id}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(v.image)
	})
	mux.HandleFunc("GET /report", func(w http.ResponseWriter, _ *http.Request) { v.report(w) })
	fmt.Println(root)
	return serveTLS(ln, mux, cert, func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			v.mu.Lock()
			v.conns++
			v.mu.Unlock()
		}
	})
}

// serveTLS serves HTTP/1.1 and HTTP/2 over TLS, as vendors do.
func serveTLS(ln net.Listener, h http.Handler, cert tls.Certificate, state func(net.Conn, http.ConnState)) error {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ConnState: state,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}},
	}
	return srv.ServeTLS(ln, "", "")
}

func (v *fluxVendor) submit(w http.ResponseWriter, r *http.Request, root string) {
	_, _ = io.Copy(io.Discard, r.Body)
	time.Sleep(v.answer)
	id := fmt.Sprintf("%016x", rand.Uint64())
	v.mu.Lock()
	v.jobs[id] = time.Now().Add(v.ready[0] + rand.N(v.ready[1]-v.ready[0]))
	v.mu.Unlock()
	_, _ = fmt.Fprintf(w, `{"id":"%s","polling_url":"%s/v1/get_result?id=%s","cost":3.0}`, id, root, id)
}

func (v *fluxVendor) poll(w http.ResponseWriter, r *http.Request, root string) {
	time.Sleep(v.answer)
	id := r.URL.Query().Get("id")
	v.mu.Lock()
	ready, known := v.jobs[id]
	v.polls++
	v.mu.Unlock()
	switch {
	case !known:
		_, _ = fmt.Fprintf(w, `{"id":"%s","status":"Task not found"}`, id)
	case time.Now().Before(ready):
		_, _ = fmt.Fprintf(w, `{"id":"%s","status":"Pending"}`, id)
	default:
		_, _ = fmt.Fprintf(w, `{"id":"%s","status":"Ready","result":{"sample":"%s/image/%s"}}`, id, root, id)
	}
}

// fluxReport is what the vendor counted.
type fluxReport struct {
	Ready map[string]int64 // completion times by job id, in milliseconds since 1970
	Conns int
	Polls int
}

func (v *fluxVendor) report(w io.Writer) {
	v.mu.Lock()
	defer v.mu.Unlock()
	out := fluxReport{Ready: map[string]int64{}, Conns: v.conns, Polls: v.polls}
	for id, t := range v.jobs {
		out.Ready[id] = t.UnixMilli()
	}
	_ = json.NewEncoder(w).Encode(out)
}

// selfSigned creates a certificate for 127.0.0.1 and writes its public part to file.
func selfSigned(file string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bench"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(crand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	var text bytes.Buffer
	if err := pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, os.WriteFile(file, text.Bytes(), 0o600)
}
