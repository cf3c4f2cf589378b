package ledger

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"aigc/app/task"
)

// The journal stays short although somebody is reading at any moment.
func TestJournalUnderReaders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openTest(t, path)
	const limit = 1 << 20
	if err := l.write(t.Context(), func(x *tx) error { _, err := x.number("PRAGMA journal_size_limit = 1048576"); return err }); err != nil {
		t.Fatal(err)
	}
	l.writer.journal.max = limit

	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 2 * readerConns {
		readers.Go(func() {
			for ctx.Err() == nil {
				if _, err := l.List(ctx, task.Query{Owner: "local", Limit: 20}); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	most := int64(0)
	for range 6 * tidyEvery {
		if _, _, err := l.Accept(t.Context(), task.AcceptRequest{Tasks: []*task.Task{fresh()}}); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, info.Size())
	}
	stop()
	readers.Wait()
	if allowed := int64(10 * limit); most > allowed {
		t.Errorf("the journal grew to %d KB", most>>10)
	}
}
