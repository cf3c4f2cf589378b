package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aigc/app/ledger"
	"aigc/app/module"
	"aigc/app/task"
)

// finishedRows is how many finished tasks measureHistory inserts.
const finishedRows = 1_000_000

// measureHistory measures claims, leases, lists and counts beside some finished tasks and
// beside a million, on both ledgers.
func measureHistory(b *bench) error {
	path := filepath.Join(b.dir, "history.db")
	lite, err := ledger.OpenSQLite(context.Background(), path)
	if err != nil {
		return err
	}
	defer lite.Close()
	raw, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(60000)&_pragma=cache_size(-200000)")
	if err != nil {
		return err
	}
	defer raw.Close()
	if err := (&history{name: "SQLite", ledger: lite, db: raw, series: recursiveSeries}).measure(); err != nil {
		return err
	}
	c, err := b.cluster()
	if err != nil {
		return err
	}
	defer c.stop()
	pg, err := ledger.OpenPostgres(context.Background(), c.url)
	if err != nil {
		return err
	}
	defer pg.Close()
	db, err := sql.Open("pgx", c.url)
	if err != nil {
		return err
	}
	defer db.Close()
	return (&history{name: "PostgreSQL", ledger: pg, db: db, series: "generate_series($1::bigint, $2::bigint) AS s (n)", after: "ANALYZE"}).measure()
}

const recursiveSeries = "(WITH RECURSIVE r (n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM r WHERE n < $2) SELECT n FROM r) AS s"

// history is one run of measureHistory.
type history struct {
	name   string
	ledger ledger.Database
	db     *sql.DB
	series string // table s of the numbers n from $1 to $2
	after  string // statement after inserting
}

func (h *history) measure() error {
	ctx := context.Background()
	if err := h.ledger.Migrate(ctx); err != nil {
		return err
	}
	if err := h.insert(1, 1000); err != nil {
		return err
	}
	before, err := h.times(ctx)
	if err != nil {
		return err
	}
	begun := time.Now()
	const chunk = 50_000
	for from := 1001; from < finishedRows; from += chunk {
		if err := h.insert(from, min(from+chunk-1, finishedRows)); err != nil {
			return err
		}
	}
	if h.after != "" {
		if _, err := h.db.Exec(h.after); err != nil {
			return err
		}
	}
	note("%s: %d finished tasks inserted in %s", h.name, finishedRows, time.Since(begun).Round(time.Second))
	after, err := h.times(ctx)
	if err != nil {
		return err
	}
	for i, m := range before {
		ratio := float64(after[i].median) / float64(m.median)
		// A B-tree of a million rows has one or two levels more than one of a thousand.
		report(fmt.Sprintf("%s, beside %d finished tasks: %s", h.name, finishedRows, m.name),
			fmt.Sprintf("%s (beside 1000: %s)", after[i].median.Round(time.Microsecond), m.median.Round(time.Microsecond)), "<= 3 times", ratio <= 3)
	}
	return nil
}

// insert inserts finished tasks with the numbers from…to, spread over a year and over
// models, each with its event.
func (h *history) insert(from, to int) error {
	const columns = `id, kind, module, operation, model, media, owner, sandbox, parent, idx, is_group, children, retry_of, callback, input_hash, tags, quoted, created, slots,
		state, version, retried_as, submit_id, vendor, base_url, fingerprint, attempts, submitted, lease_owner, lease_until, run_at, wakes, deadline, spool, ticket_id, progress, message,
		cancel_requested, charged, updated, finished, error, actual, usage, warnings, ticket, answer, input`
	first := task.NewID(time.Now().AddDate(-1, 0, 0))
	padded := "substr('0000000000' || s.n, -10)"
	if h.name == "PostgreSQL" {
		padded = "lpad(s.n::text, 10, '0')"
	}
	id := "'" + first[:len(first)-10] + "' || " + padded
	at := fmt.Sprintf("(%d + s.n * 30000)", time.Now().AddDate(-1, 0, 0).UnixMilli())
	values := []string{
		id, "'gpt.generations'", "'gpt'", "'generations'", "CASE WHEN s.n % 3 = 0 THEN 'gpt-image-1' ELSE 'gpt-image-2' END", "'image'", "'local'", "0", "''", "0", "0", "0", "''", "''",
		"'hash-' || " + padded, "''", "''", at, "1",
		"CASE WHEN s.n % 50 = 0 THEN 'failed' ELSE 'succeeded' END", "4", "''", "'submit'", "'openai'", "'https://v.example'", "'f'", "1", at, "''", "0", at, "0", at, "''", "'t' || " + padded, "1", "''",
		"0", "'yes'", at, at, "''", "''", "''", "''", "''", "''", "'{\"prompt\":\"" + strings.Repeat("a fox in the snow ", 20) + "\"}'",
	}
	tx, err := h.db.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, statement := range []string{
		"INSERT INTO tasks (" + columns + ") SELECT " + strings.Join(values, ", ") + " FROM " + h.series,
		"INSERT INTO task_events (task, seq, at, from_state, to_state, cause, charged, note) SELECT " + id + ", 4, " + at + ", 'storing', 'succeeded', 'objects_stored', 'yes', '' FROM " + h.series,
	} {
		if _, err := tx.Exec(statement, from, to); err != nil {
			return err
		}
	}
	for _, model := range []string{"gpt-image-1", "gpt-image-2"} {
		if _, err := tx.Exec("INSERT INTO task_series (owner, module, model) VALUES ('local', 'gpt', '" + model + "') ON CONFLICT DO NOTHING"); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// timed is the median time of an operation.
type timed struct {
	name   string
	median time.Duration
}

// times measures the operations, each with fresh tasks where it needs some.
func (h *history) times(ctx context.Context) (out []timed, err error) {
	account := task.AccountLimit{Account: task.Account{Vendor: "openai", BaseURL: "https://v.example", Fingerprint: "f"}, Running: 1 << 20}
	var ids []string
	fresh := func() *task.Task {
		now := time.Now()
		return &task.Task{ID: task.NewID(now), Kind: "gpt.generations", Module: "gpt", Operation: "generations", Model: "gpt-image-2", Media: module.Image,
			Owner: "local", InputHash: task.RandomHex(32), Input: []byte(`{"prompt":"x"}`), RunAt: now, Account: account.Account}
	}
	accept := func() error {
		t := fresh()
		ids = append(ids, t.ID)
		_, _, err := h.ledger.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{t}, Key: task.IdempotencyKey{Key: t.ID, Keep: time.Hour}, Join: task.Join{Unanswered: time.Minute}})
		return err
	}
	next := 0
	var claimed []*task.Task
	for _, op := range []struct {
		name string
		do   func() error
	}{
		{"accept", accept},
		{"find due tasks in the queue", func() error { _, err := h.ledger.TakeOverdue(ctx, task.Queued, []string{"image"}, 32); return err }},
		{"claim", func() error {
			t, err := h.ledger.Claim(ctx, task.ClaimRequest{ID: ids[next], Owner: "w", SubmitID: task.RandomHex(10), Spool: "s", Lease: time.Minute, Accounts: []task.AccountLimit{account}})
			next++
			claimed = append(claimed, t)
			return err
		}},
		{"lease due polls", func() error {
			_, err := h.ledger.LeaseDue(ctx, task.LeaseRequest{State: task.Running, Owner: "w", Lease: time.Minute, Limit: 512})
			return err
		}},
		{"list, first page", func() error { _, err := h.ledger.List(ctx, task.Query{Owner: "local", Limit: 50}); return err }},
		{"list, failed ones", func() error {
			_, err := h.ledger.List(ctx, task.Query{Owner: "local", State: []task.State{task.Failed}, Limit: 50})
			return err
		}},
		{"list, a day in the past", func() error {
			since := time.Now().AddDate(0, -11, 0)
			_, err := h.ledger.List(ctx, task.Query{Owner: "local", Since: since, Until: since.AddDate(0, 0, 1), Limit: 50})
			return err
		}},
		{"count by state", func() error { _, err := h.ledger.Counts(ctx); return err }},
	} {
		const n = 200
		list := make([]time.Duration, 0, n)
		for range n {
			begun := time.Now()
			if err := op.do(); err != nil {
				return nil, fmt.Errorf("%s: %w", op.name, err)
			}
			list = append(list, time.Since(begun))
		}
		slices.Sort(list)
		out = append(out, timed{op.name, list[n/2]})
	}
	for _, t := range claimed { // so that the next measurement has as many active tasks
		_, err = h.ledger.Apply(ctx, task.Transition{ID: t.ID, SubmitID: t.SubmitID, To: task.Failed, Cause: task.Refused})
		if err != nil {
			return nil, errors.Join(errors.New("ending a task"), err)
		}
	}
	return out, nil
}
