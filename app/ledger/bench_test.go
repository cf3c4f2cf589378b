package ledger

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/task"
)

// fresh is a new task with a row of typical size, about 1 KB.
func fresh() *task.Task {
	return &task.Task{
		ID: task.NewID(time.Now()), Kind: "gpt.generations", Module: "gpt", Operation: "generations", Model: "gpt-image-2",
		Media: "image", Owner: "local", InputHash: task.RandomHex(32), Tags: []string{"shop"},
		Input:  json.RawMessage(`{"prompt":"` + strings.Repeat("a fox in the snow ", 40) + `","n":1,"size":"1024x1024"}`),
		Quoted: provider.USD(0.04), RunAt: time.Now().Add(time.Hour),
	}
}

// perSecond reports operations per second.
func perSecond(b *testing.B) { b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s") }

// inParallel runs the benchmark in 16 goroutines, however many cores there are.
func inParallel(b *testing.B, do func() error) {
	b.SetParallelism(16)
	b.ResetTimer()
	var gone atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		if gone.Add(1) > 16 { // RunParallel starts 16 for each core
			return
		}
		for pb.Next() {
			if err := do(); err != nil {
				b.Error(err)
				return
			}
		}
	})
	perSecond(b)
}

// BenchmarkAccept accepts tasks with an Idempotency-Key, durably, from 16 concurrent
// callers.
func BenchmarkAccept(b *testing.B) {
	l := openTest(b, filepath.Join(b.TempDir(), "ledger.db"))
	inParallel(b, func() error {
		_, _, err := l.Accept(b.Context(), task.AcceptRequest{Tasks: []*task.Task{fresh()}, Key: task.IdempotencyKey{Owner: "local", Key: task.RandomHex(8), Keep: time.Hour}})
		return err
	})
}

// BenchmarkAcceptAlone is BenchmarkAccept with one caller.
func BenchmarkAcceptAlone(b *testing.B) {
	l := openTest(b, filepath.Join(b.TempDir(), "ledger.db"))
	for b.Loop() {
		_, _, err := l.Accept(b.Context(), task.AcceptRequest{Tasks: []*task.Task{fresh()}, Key: task.IdempotencyKey{Owner: "local", Key: task.RandomHex(8), Keep: time.Hour}})
		if err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b)
}

const bareTable = "CREATE TABLE bare (id TEXT PRIMARY KEY, payload TEXT NOT NULL)"

// BenchmarkInsertBare is the lower bound: it inserts one row of the same size, durably,
// with the same settings, from 16 callers, with group commit and without.
func BenchmarkInsertBare(b *testing.B) {
	payload := string(fresh().Input)
	b.Run("grouped", func(b *testing.B) {
		l := openTest(b, filepath.Join(b.TempDir(), "ledger.db"))
		if err := l.write(b.Context(), func(x *tx) error { _, err := x.exec(bareTable); return err }); err != nil {
			b.Fatal(err)
		}
		inParallel(b, func() error {
			return l.write(b.Context(), func(x *tx) error {
				_, err := x.exec("INSERT INTO bare (id, payload) VALUES ($1, $2)", task.NewID(time.Now()), payload)
				return err
			})
		})
	})
	b.Run("single", func(b *testing.B) {
		db, err := sql.Open("sqlite", dsn(filepath.Join(b.TempDir(), "bare.db"), false))
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		if _, err := db.Exec(bareTable); err != nil {
			b.Fatal(err)
		}
		st, err := db.Prepare("INSERT INTO bare (id, payload) VALUES ($1, $2)")
		if err != nil {
			b.Fatal(err)
		}
		inParallel(b, func() error {
			_, err := st.Exec(task.NewID(time.Now()), payload)
			return err
		})
	})
}

// BenchmarkTaskLife makes all transitions of an asynchronous task: accept, claim,
// ticket, lease, result, success with an asset. An operation is one task.
func BenchmarkTaskLife(b *testing.B) {
	l := openTest(b, filepath.Join(b.TempDir(), "ledger.db"))
	inParallel(b, func() error { return runLife(b, l) })
}

func runLife(b *testing.B, l *SQLite) error {
	ctx := b.Context()
	t, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{fresh()}})
	if err != nil {
		return err
	}
	submit := task.RandomHex(10)
	account := task.AccountLimit{Account: task.Account{Vendor: "v", BaseURL: "https://v.example", Fingerprint: "f"}}
	if _, err = l.Claim(ctx, task.ClaimRequest{ID: t.ID, Owner: "w", SubmitID: submit, Spool: "s", Lease: time.Minute, Accounts: []task.AccountLimit{account}}); err != nil {
		return fmt.Errorf("claim: %w", err)
	}
	step := func(to task.State, cause task.Cause, edit func(*task.Task) error, assets ...*task.Asset) error {
		_, err := l.Apply(ctx, task.Transition{ID: t.ID, SubmitID: submit, To: to, Cause: cause, Edit: edit, Assets: assets})
		return err
	}
	err = step(task.Running, task.TicketReceived, func(t *task.Task) error {
		t.Ticket, t.RunAt = &provider.Ticket{ID: submit}, t.Updated.Add(time.Hour)
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := l.LeaseDue(ctx, task.LeaseRequest{State: task.Running, Owner: "w", Lease: time.Minute, ID: t.ID}); err != nil {
		return err
	}
	err = step(task.Storing, task.Finished, func(t *task.Task) error {
		t.Charged, t.Answer = fault.ChargedYes, &provider.Answer{Results: []provider.Result{{URL: "https://v.example/1.png"}}}
		return nil
	})
	if err != nil {
		return err
	}
	return step(task.Succeeded, task.ObjectsStored, func(t *task.Task) error { t.Answer = nil; return nil },
		&task.Asset{ID: task.NewID(time.Now()), Task: t.ID, Role: task.Result, Object: t.ID + ".png", MIME: "image/png", Owner: t.Owner})
}

// BenchmarkApply is one transition without its commit, so without fsync.
func BenchmarkApply(b *testing.B) {
	l := openTest(b, filepath.Join(b.TempDir(), "ledger.db"))
	ctx := b.Context()
	t, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{fresh()}})
	if err != nil {
		b.Fatal(err)
	}
	account := task.AccountLimit{Account: task.Account{Vendor: "v", BaseURL: "https://v.example", Fingerprint: "f"}}
	if _, err = l.Claim(ctx, task.ClaimRequest{ID: t.ID, Owner: "w", SubmitID: "s", Spool: "s", Lease: time.Minute, Accounts: []task.AccountLimit{account}}); err != nil {
		b.Fatal(err)
	}
	err = l.write(ctx, func(x *tx) error {
		for b.Loop() {
			if _, err := x.exec("SAVEPOINT bench"); err != nil {
				return err
			}
			row, err := oneTask(x, selectTask+byID, t.ID)
			if err != nil {
				return err
			}
			err = x.applyTransition(row, task.Transition{ID: t.ID, SubmitID: "s", To: task.Running, Cause: task.TicketReceived, Edit: func(t *task.Task) error {
				t.Ticket, t.RunAt = &provider.Ticket{ID: "ticket"}, t.Updated.Add(time.Hour)
				return nil
			}})
			if err != nil {
				return err
			}
			if _, err := x.exec("ROLLBACK TO SAVEPOINT bench"); err != nil {
				return err
			}
			if _, err := x.exec("RELEASE SAVEPOINT bench"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
