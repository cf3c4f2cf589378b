package ledger

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aigc/app/task"
)

// Rounds that find no due task return while another caller occupies the writer, and
// do not change the WAL.
func TestEmptyRounds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openTest(t, path)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	later := fresh() // due in an hour
	if _, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{later}}); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path + "-wal")
	if err != nil || len(before) == 0 {
		t.Fatalf("%d bytes, %v", len(before), err)
	}

	release, held, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- l.write(context.Background(), func(*tx) error { close(held); <-release; return nil })
	}()
	<-held
	rounds := map[string]func() (int, error){
		"wake": func() (int, error) {
			list, err := l.TakeOverdue(ctx, task.Queued, []string{"image"}, 32)
			return len(list), err
		},
		"renew":     func() (int, error) { return 0, l.Renew(ctx, "w", time.Minute, nil) },
		"abandoned": func() (int, error) { list, err := l.ExpiredSubmissions(ctx, "w", "s"); return len(list), err },
	}
	for _, s := range []task.State{task.Running, task.Storing, task.InDoubt} {
		rounds["due "+string(s)] = func() (int, error) {
			list, err := l.LeaseDue(ctx, task.LeaseRequest{State: s, Owner: "w", Spool: "s", Lease: time.Minute, Limit: 256})
			return len(list), err
		}
	}
	for name, round := range rounds {
		if n, err := round(); n != 0 || err != nil {
			t.Errorf("%s: %d found, %v", name, n, err)
		}
	}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(path + "-wal"); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the WAL changed: %d bytes before, %d after, %v", len(before), len(after), err)
	}
}
