package ledger

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"modernc.org/sqlite"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/task"
)

// fill inserts the finished tasks from..to, spread over 14 months for a million, each
// with a tag, an event and an asset. Nearly all are of one module; the few of another
// module, with the only failures of that module, are the oldest.
func fill(t testing.TB, l *SQLite, from, to int) {
	t.Helper()
	const since = 1_760_000_000_000
	numbers := fmt.Sprintf(`WITH RECURSIVE n (i) AS (VALUES (%d) UNION ALL SELECT i + 1 FROM n WHERE i < %d),
		row (i, at, id, module, owner, state) AS (SELECT i, %d + i * 36000,
			printf('%%08x-%%04x-7000-8000-%%012x', (%[3]d + i * 36000) >> 16, (%[3]d + i * 36000) & 65535, i),
			CASE WHEN i < 100 THEN 'flux' ELSE 'gpt' END, CASE WHEN i %% 10 = 0 THEN 'other' ELSE 'local' END,
			CASE WHEN i %% 4 = 0 THEN 'failed' WHEN i %% 50 = 1 THEN 'canceled' ELSE 'succeeded' END FROM n) `, from, to-1, since)
	for _, insert := range []string{
		`INSERT INTO tasks (` + taskColumns + `) SELECT id, module || '.x', module, 'x', module || '-' || (i % 2), 'image', owner, 0, '', 0,
			0, 0, '', '', id, '["shop"]', '', at, '{"prompt":"a fox in the snow"}', 1, '',
			state, 5, '', 's', 'v', 'https://v.example', 'f', 1, at, '', 0, at, 0, 0, '', '', 1, '', 0, 'yes', at, at, 0, 0, '', '', '', '', '', '' FROM row`,
		`INSERT INTO task_tags (owner, tag, task) SELECT owner, 'shop', id FROM row`,
		`INSERT INTO task_events (task, seq, at, from_state, to_state, cause, charged, note) SELECT id, 5, at, 'storing', state, 'stored', 'yes', '' FROM row`,
		`INSERT INTO assets (` + assetColumns + `) SELECT id, id, 0, 'result', id, '-', '', 'image/png', 1, 1, 0, 1, '', owner, 0, '', NULL, at FROM row`,
		`INSERT INTO idempotency (owner, key, input_hash, task, expires) SELECT owner, id, id, id, 9000000000000 FROM row`,
		`INSERT INTO task_series (owner, module, model) SELECT DISTINCT owner, module, module || '-' || (i % 2) FROM row WHERE true ON CONFLICT DO NOTHING`,
	} {
		if err := l.write(t.Context(), func(x *tx) error { _, err := x.exec(numbers + insert); return err }); err != nil {
			t.Fatal(err)
		}
	}
}

// activeTasks are the unfinished tasks beside the finished ones.
type activeTasks struct{ queued, running []*task.Task }

func addActive(t testing.TB, l *SQLite, each int) (c activeTasks) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2 * each {
		next := fresh()
		next.RunAt = time.Now().Add(-time.Minute)
		row, _, err := l.Accept(t.Context(), task.AcceptRequest{Tasks: []*task.Task{next}})
		must(err)
		if i < each {
			c.queued = append(c.queued, row)
			continue
		}
		row, err = l.Claim(t.Context(), claimOf(row.ID))
		must(err)
		row, err = l.Apply(t.Context(), task.Transition{ID: row.ID, To: task.Running, Cause: task.TicketReceived, Edit: func(t *task.Task) error {
			t.Ticket = &provider.Ticket{ID: "ticket-" + t.ID}
			return nil
		}})
		must(err)
		c.running = append(c.running, row)
	}
	return c
}

func claimOf(id string) task.ClaimRequest {
	account := func(key string) task.AccountLimit {
		return task.AccountLimit{Account: task.Account{Vendor: "v", BaseURL: "https://v.example", Fingerprint: key}, Running: 1000, PerMinute: 1000}
	}
	return task.ClaimRequest{ID: id, Owner: "w", SubmitID: task.RandomHex(8), Spool: "s", Lease: time.Minute, Accounts: []task.AccountLimit{account("f"), account("g")}}
}

// hotPath is a call that is made constantly.
type hotPath struct {
	name string
	call func() error
}

// hotPaths are the ledger's hot paths. Each can be called as often as there are
// active tasks.
func hotPaths(tb testing.TB, l *SQLite, c activeTasks) (out []hotPath) {
	ctx := tb.Context()
	add := func(name string, call func() error) { out = append(out, hotPath{name, call}) }
	early := time.UnixMilli(1_760_000_000_000).Add(2 * time.Hour)
	for name, q := range map[string]task.Query{
		"everything": {}, "owner": {Owner: "local"}, "module": {Module: "gpt"}, "model": {Model: "gpt-1"}, "tag": {Tag: "shop"},
		"failed": {State: []task.State{task.Failed}}, "succeeded": {State: []task.State{task.Succeeded}}, "queued": {State: []task.State{task.Queued}},
		"rare failures": {Module: "flux", State: []task.State{task.Failed}}, "rare module": {Module: "flux"}, "rare model": {Model: "flux-1"},
		"some hours": {Since: early, Until: early.Add(4 * time.Hour)}, "failed in some hours": {State: []task.State{task.Failed}, Since: early, Until: early.Add(4 * time.Hour)},
		"last page": {Owner: "local", Before: idAt(time.UnixMilli(1_760_000_000_000 + 20*36000))},
	} {
		q.Limit = 10
		add("list "+name, func() error {
			list, err := l.List(ctx, q)
			if err == nil && len(list) == 0 {
				return fmt.Errorf("nothing found")
			}
			return err
		})
	}
	next := 0
	add("claim", func() error { next++; _, err := l.Claim(ctx, claimOf(c.queued[next-1].ID)); return err })
	add("due", func() error {
		_, err := l.LeaseDue(ctx, task.LeaseRequest{State: task.Running, Owner: "w", Lease: time.Minute, Limit: 4})
		return err
	})
	add("wake", func() error { _, err := l.TakeOverdue(ctx, task.Queued, []string{"image"}, 4); return err })
	add("renew", func() error { return l.Renew(ctx, "w", time.Minute, []string{c.running[0].ID, c.running[1].ID}) })
	add("abandoned", func() error { _, err := l.ExpiredSubmissions(ctx, "w", "s"); return err })
	add("thumbless", func() error { _, err := l.WithoutThumbnail(ctx, 10); return err })
	add("counts", func() error { _, err := l.Counts(ctx); return err })
	add("accept", func() error {
		_, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{fresh()}, Key: task.IdempotencyKey{Owner: "local", Key: task.RandomHex(8), Keep: time.Hour}, Join: task.Join{Any: 10 * time.Minute}})
		return err
	})
	moved := 0
	add("apply", func() error {
		moved++
		t := c.running[len(c.running)-moved]
		_, err := l.Apply(ctx, task.Transition{ID: t.ID, To: task.Failed, Cause: task.VendorFailed, Edit: func(t *task.Task) error { t.Charged = fault.ChargedNo; return nil }})
		return err
	})
	add("ticket", func() error { _, err := l.ByTicket(ctx, "gpt", "ticket-"+c.running[0].ID); return err })
	add("events", func() error { _, err := l.Events(ctx, c.running[0].ID, 0); return err })
	add("assets", func() error { _, err := l.Assets(ctx, []string{c.running[0].ID, c.queued[0].ID}); return err })
	older := time.Since(time.UnixMilli(1_760_000_000_000)) + time.Hour // than all of them
	add("sweep events", func() error { _, err := l.SweepEvents(ctx, older, "", 100); return err })
	add("sweep results", func() error { _, err := l.RemoveResults(ctx, older, "", 100); return err })
	add("sweep rows", func() error { _, err := l.SweepRows(ctx, 100); return err })
	return out
}

// pagesRead is how many pages of the file a call reads, from the cache or the disk.
func pagesRead(t testing.TB, l *SQLite, call func() error) (pages int) {
	t.Helper()
	l.pool.db.SetMaxOpenConns(1)
	count := func(c any) error {
		for _, op := range []sqlite.DBStatusOp{sqlite.DBStatusCacheHit, sqlite.DBStatusCacheMiss} {
			n, _, err := c.(sqlite.DBStatus).Status(op, true)
			if err != nil {
				return err
			}
			pages += n
		}
		return nil
	}
	both := func() {
		conn, err := l.pool.db.Conn(t.Context())
		if err == nil {
			err = conn.Raw(count)
			_ = conn.Close()
		}
		if err == nil {
			err = l.writer.conn.sqlConn.Raw(count)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	both()
	pages = 0
	if err := call(); err != nil {
		t.Fatal(err)
	}
	both()
	return pages
}

// With many more finished tasks no hot path reads many more pages: an index gets a
// little deeper, but no table or index is scanned.
func TestManyFinished(t *testing.T) {
	const few, many = 1_000, 12_000
	l := openTest(t, filepath.Join(t.TempDir(), "ledger.db"))
	fill(t, l, 0, few)
	asked := hotPaths(t, l, addActive(t, l, 8))
	before := map[string]int{}
	for _, q := range asked {
		pagesRead(t, l, q.call) // prepares its statements
		before[q.name] = pagesRead(t, l, q.call)
	}
	fill(t, l, few, many)
	for _, q := range asked {
		pagesRead(t, l, q.call)
		if now := pagesRead(t, l, q.call); now > 2*before[q.name]+50 {
			t.Errorf("%s: %d pages with %d finished tasks, %d with %d", q.name, before[q.name], few, now, many)
		}
	}
}

// BenchmarkMillion makes the same calls beside a million finished tasks and prints
// the pages and the time of each. It runs once, whatever -benchtime says.
func BenchmarkMillion(b *testing.B) {
	const times = 40
	l := openTest(b, filepath.Join(b.TempDir(), "ledger.db"))
	fill(b, l, 0, 1_000_000)
	for _, q := range hotPaths(b, l, addActive(b, l, times+2)) {
		pagesRead(b, l, q.call)
		pages, start := pagesRead(b, l, q.call), time.Now()
		for range times {
			if err := q.call(); err != nil {
				b.Fatal(err)
			}
		}
		fmt.Printf("%-28s %5d pages %8s\n", q.name, pages, (time.Since(start) / times).Round(time.Microsecond))
	}
}
