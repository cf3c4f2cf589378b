package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"aigc/app/memory"
)

// Server is the HTTP server of the imitations. The path prefix of an imitation is
// its vendor's name.
type Server struct {
	purchases *PurchaseLog
	mux       *http.ServeMux
	addr      string
	http      *http.Server
	dir       string
}

// New makes a server. It stores its jobs, its purchase log and its port in dir.
func New(dir string, imitations ...Imitation) (*Server, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	purchases, err := openPurchaseLog(filepath.Join(dir, "till.jsonl"))
	if err != nil {
		return nil, err
	}
	s := &Server{purchases: purchases, mux: http.NewServeMux(), dir: dir}
	for _, i := range imitations {
		name := i.Vendor.Name
		jobs := filepath.Join(dir, "jobs", name)
		if err := os.MkdirAll(jobs, 0o700); err != nil {
			return nil, fmt.Errorf("sandbox: %w", err)
		}
		kit := &Kit{Vendor: name, purchases: purchases, Jobs: &Jobs{dir: jobs, polls: map[string]int{}}}
		s.mux.Handle("/"+name+"/", http.StripPrefix("/"+name, i.Handler(kit)))
	}
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintf(w, "The offline sandbox of aigc: imitations of vendors, no real money, no real models.\n\n"+
			"/sandbox/directives  directives that inject faults, such as [[drop]] in a prompt\n/sandbox/purchases   paid submissions by task\n")
	})
	s.mux.HandleFunc("GET /sandbox/purchases", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, purchases.Report())
	})
	s.mux.HandleFunc("GET /sandbox/directives", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, Directives)
	})
	return s, nil
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// Listen serves on addr. With port 0 it uses the port of the last start if that is
// free, so that result URLs stay valid after a restart.
func (s *Server) Listen(addr string) error {
	ln, err := net.Listen("tcp", s.savedPort(addr))
	if err != nil {
		if ln, err = net.Listen("tcp", addr); err != nil {
			return fmt.Errorf("sandbox: %w", err)
		}
	}
	s.addr = ln.Addr().String()
	s.savePort()
	s.http = &http.Server{Handler: s.oneLargeBody(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			panic(fmt.Sprintf("sandbox: %v", err)) // an open listener is not expected to fail
		}
	}()
	return nil
}

// The memory of large JSON bodies, in bytes, and what one takes for each of its bytes: it is
// decoded as a whole, with the images in it, perhaps in the process of the service.
const (
	bodyMemory = 96 << 20
	largeBody  = 1 << 20
	bodyShare  = 4
)

// oneLargeBody is the handler of the mux, but lets requests with large JSON bodies wait for
// each other.
func (s *Server) oneLargeBody() http.Handler {
	budget := memory.NewBudget(bodyMemory)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > largeBody && !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			reserved, err := budget.Reserve(r.Context(), min(bodyShare*r.ContentLength, bodyMemory))
			if err != nil {
				return // the client has left
			}
			defer reserved.Release()
		}
		s.mux.ServeHTTP(w, r)
	})
}

// savedPort replaces port 0 in addr by the port in the file "port", if there is one.
func (s *Server) savedPort(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	data, readErr := os.ReadFile(filepath.Join(s.dir, "port"))
	if err != nil || readErr != nil || port != "0" {
		return addr
	}
	if n, err := strconv.Atoi(strings.TrimSpace(string(data))); err == nil && n > 0 {
		return net.JoinHostPort(host, strconv.Itoa(n))
	}
	return addr
}

func (s *Server) savePort() {
	if _, port, err := net.SplitHostPort(s.addr); err == nil {
		_ = os.WriteFile(filepath.Join(s.dir, "port"), []byte(port), 0o600) // without it the next start uses another port
	}
}

// Root is the base URL of the server; it is valid after Listen.
func (s *Server) Root() string { return "http://" + s.addr }

// Purchases returns the paid submissions.
func (s *Server) Purchases() Report { return s.purchases.Report() }

// Close closes the listener, all connections and the purchase log.
func (s *Server) Close() error {
	if s.http == nil {
		return s.purchases.close()
	}
	return errors.Join(s.http.Close(), s.purchases.close())
}
