package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"time"
)

// noisyPNG returns a PNG of about size bytes: noise does not compress.
func noisyPNG(size int) ([]byte, error) {
	side := max(8, int(math.Sqrt(float64(size)/3)))
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	src := rand.NewChaCha8([32]byte{1})
	_, _ = src.Read(img.Pix)
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	err := enc.Encode(&b, img)
	return b.Bytes(), err
}

// upstreamReport is what the upstream counted.
type upstreamReport struct{ Calls int64 }

// serveUpstream serves OpenAI's image API, always with the same image.
func serveUpstream(size int, slow time.Duration) error {
	content, err := noisyPNG(size)
	if err != nil {
		return err
	}
	body := []byte(`{"created":1795400000,"output_format":"png","quality":"low","size":"1024x1024","data":[{"b64_json":"` +
		base64.StdEncoding.EncodeToString(content) +
		`"}],"usage":{"input_tokens":14,"output_tokens":660,"total_tokens":674}}`)
	var calls atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("GET /report", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(upstreamReport{calls.Load()})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		if slow > 0 {
			select {
			case <-time.After(slow):
			case <-r.Context().Done():
				return
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = w.Write(body)
	})
	return listen(mux)
}

// serveProxy serves Go's reverse proxy without further handlers.
func serveProxy(target string) error {
	u, err := url.Parse(target)
	if err != nil {
		return err
	}
	p := httputil.NewSingleHostReverseProxy(u)
	p.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
	return listen(p)
}

func listen(h http.Handler) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + ln.Addr().String())
	return (&http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}).Serve(ln)
}
