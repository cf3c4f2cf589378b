package worker

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"aigc/app/blob"
	"aigc/app/capacity"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// countingStore counts the puts under way, and compares them with the reserved descriptors.
type countingStore struct {
	blob.Store
	t     *testing.T
	files *capacity.Descriptors
	all   int // puts that begin before the first one ends

	mu   sync.Mutex
	open int
	full chan struct{} // closed when all are under way
}

func (s *countingStore) Put(ctx context.Context, name string, r io.Reader, size int64, o blob.PutOptions) error {
	s.mu.Lock()
	s.open++
	if _, _, reserved := s.files.State(); s.open*capacity.Step > reserved {
		s.t.Errorf("%d puts are under way with %d descriptors reserved", s.open, reserved)
	}
	if s.open == s.all {
		s.all = 0
		close(s.full)
	}
	s.mu.Unlock()
	<-s.full
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.open--
	}()
	return s.Store.Put(ctx, name, r, size, o)
}

// As many results of an answer are put at once as descriptors are reserved for.
func TestPutsWithinReservedDescriptors(t *testing.T) {
	t.Parallel()
	const spare = 64 // that stay unused, of a limit of 1024
	image, err := os.ReadFile("../media/testdata/interlaced.png")
	if err != nil {
		t.Fatal(err)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(image))
	for name, tt := range map[string]struct{ free, results, puts int }{
		"none":                {capacity.Step - 1, 4, 0},
		"for one":             {capacity.Step, 4, 1},
		"for almost two":      {2*capacity.Step - 1, 4, 1},
		"for three":           {3 * capacity.Step, 4, 3},
		"plenty":              {500, 10, putsAtOnce},
		"plenty, one result":  {500, 1, 1},
		"plenty, two results": {500, 2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := capacity.NewDescriptors(1024, func() (int, error) { return 1024 - spare - tt.free, nil })
			dir, err := blob.NewDir(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer dir.Close()
			store := &countingStore{Store: dir, t: t, files: files, all: tt.puts, full: make(chan struct{})}
			w := &core{
				Config:   Config{Blobs: store, Metrics: NewMetrics(prometheus.NewRegistry())},
				reserves: newReserves(&capacity.Purchases{Descriptors: files}),
			}
			a := &answer{Record: spool.Record{Answer: &provider.Answer{}}}
			for i := range tt.results {
				b := spool.Blob{Name: fmt.Sprint(i), Size: int64(len(image)), SHA256: sum, Data: image}
				a.Blobs = append(a.Blobs, b)
				a.Answer.Results = append(a.Answer.Results, provider.Result{Base64: b.Name})
			}
			row := &task.Task{ID: "a", SubmitID: "b", Media: module.Image, Model: "m", Created: time.Now(), Answer: a.Answer}
			if ok := newStorer(w).reserve(row, a); ok != (tt.puts > 0) || a.puts != tt.puts {
				t.Fatalf("%t, %d puts at once, want %d", ok, a.puts, tt.puts)
			}
			if tt.puts == 0 {
				return
			}
			if rs, err := w.collectAndPut(t.Context(), row, a); err != nil || len(rs.list) != tt.results {
				t.Errorf("%+v, %v", rs, err)
			}
			a.room.release()
			if _, _, reserved := files.State(); reserved != 0 {
				t.Errorf("%d descriptors are still reserved", reserved)
			}
		})
	}
}
