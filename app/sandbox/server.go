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
)

// Server is the host of the imitations: each below its vendor's name.
type Server struct {
	purchases *PurchaseLog
	mux       *http.ServeMux
	addr      string
	http      *http.Server
	dir       string
}

// New makes a host that keeps its jobs, its till and its port in dir.
func New(dir string, imitations ...Imitation) (*Server, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	till, err := openPurchaseLog(filepath.Join(dir, "till.jsonl"))
	if err != nil {
		return nil, err
	}
	s := &Server{purchases: till, mux: http.NewServeMux(), dir: dir}
	for _, i := range imitations {
		name := i.Vendor.Name
		jobs := filepath.Join(dir, "jobs", name)
		if err := os.MkdirAll(jobs, 0o700); err != nil {
			return nil, fmt.Errorf("sandbox: %w", err)
		}
		kit := &Kit{Vendor: name, purchases: till, Jobs: &Jobs{dir: jobs, polls: map[string]int{}}}
		s.mux.Handle("/"+name+"/", http.StripPrefix("/"+name, i.Handler(kit)))
	}
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintf(w, "The offline sandbox of aigc: imitations of vendors, no real money, no real models.\n\n"+
			"/sandbox/directives  faults to order, such as [[drop]] in a prompt\n/sandbox/purchases   what was bought, by task\n")
	})
	s.mux.HandleFunc("GET /sandbox/purchases", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, till.Report())
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

// Listen takes addr, or with port 0 the port of the last life if it is still
// free, so that addresses the vendors handed out stay good.
func (s *Server) Listen(addr string) error {
	ln, err := net.Listen("tcp", s.savedPort(addr))
	if err != nil {
		if ln, err = net.Listen("tcp", addr); err != nil {
			return fmt.Errorf("sandbox: %w", err)
		}
	}
	s.addr = ln.Addr().String()
	s.savePort()
	s.http = &http.Server{Handler: s.mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			panic(fmt.Sprintf("sandbox: %v", err)) // a listener does not fail by itself
		}
	}()
	return nil
}

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
		_ = os.WriteFile(filepath.Join(s.dir, "port"), []byte(port), 0o600) // only a convenience
	}
}

// Root is the address of the host itself, once it listens.
func (s *Server) Root() string { return "http://" + s.addr }

// Purchases is what was paid so far.
func (s *Server) Purchases() Report { return s.purchases.Report() }

// Close stops listening and cuts what is still open.
func (s *Server) Close() error {
	if s.http == nil {
		return s.purchases.close()
	}
	return errors.Join(s.http.Close(), s.purchases.close())
}
