package ledger

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"aigc/app/task"
)

// The WAL stays small although there is always a reader.
func TestWALUnderReaders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openTest(t, path)
	const limit = 1 << 20
	if err := l.write(t.Context(), func(x *tx) error { _, err := x.queryInt("PRAGMA journal_size_limit = 1048576"); return err }); err != nil {
		t.Fatal(err)
	}
	l.writer.checkpointer.max = limit

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
	for range 6 * checkpointEvery {
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
		t.Errorf("the WAL grew to %d KB", most>>10)
	}
}
