package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// A process tells dead processes from silent ones only when it has reached the database
// for DeadAfter without a gap.
func TestContact(t *testing.T) {
	t.Parallel()
	beat, dead := task.HeartbeatEvery, task.DeadAfter
	for _, c := range []struct {
		name   string
		begins bool
		calls  []time.Duration // after one another
		want   bool            // of the last one
	}{
		{"no start, no outage known", false, []time.Duration{0, beat}, true},
		{"just started", true, []time.Duration{0, beat}, false},
		{"started long ago", true, []time.Duration{beat, beat, beat, beat, beat, beat}, true},
		{"first call after an outage", false, []time.Duration{0, beat, dead}, false},
		{"soon after an outage", false, []time.Duration{0, dead, beat, beat}, false},
		{"long after an outage", false, []time.Duration{0, dead, beat, beat, beat, beat, beat, beat}, true},
		{"one missed heartbeat", false, []time.Duration{0, 2 * beat}, true},
	} {
		var k contact
		now := int64(1_000_000)
		if c.begins {
			k.begin(now)
		}
		got := false
		for _, d := range c.calls {
			now += d.Milliseconds()
			got = k.steady(now)
		}
		if got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

// After an outage of the database the submissions of other processes are not taken for
// lost, since they could not renew their leases; those of the own volume are.
func TestExpiredSubmissionsAfterOutage(t *testing.T) {
	t.Parallel()
	l := openPostgres(t, migrated(t))
	ctx := t.Context()
	row := fresh()
	if _, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{row}}); err != nil {
		t.Fatal(err)
	}
	claim := claimOf(row.ID)
	claim.Owner, claim.Spool, claim.Lease = "other", "v1", 0
	if _, err := l.Claim(ctx, claim); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, spool string
		last        int64 // contact with the database, in milliseconds
		want        int
	}{
		{"no outage", "", 0, 1},
		{"after an outage", "", 1, 0},
		{"after an outage, of the own volume", "v1", 1, 1},
	} {
		l.contact.last, l.contact.since = c.last, 0
		list, err := l.ExpiredSubmissions(ctx, "me", c.spool)
		if err != nil || len(list) != c.want {
			t.Errorf("%s: %d submissions, %v", c.name, len(list), err)
		}
	}
}

// A query that the database does not answer ends, as a fault of the database and not as
// the end of the caller's time.
func TestQueryTimeout(t *testing.T) {
	t.Parallel()
	l := openPostgres(t, migrated(t))
	l.store.pool.limit = 50 * time.Millisecond
	err := l.reader(t.Context()).query("SELECT pg_sleep(60)", nil, func(*sql.Rows) error { return nil })
	if fault.KindOf(err) != fault.Unavailable || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the ledger's limit: %v", err)
	}
	l.store.pool.limit = queryTimeout
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = l.reader(ctx).query("SELECT pg_sleep(60)", nil, func(*sql.Rows) error { return nil })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the caller's limit: %v", err)
	}
	// Opening a connection has a limit of its own.
	err = postgresDialect.fault(asTimeout(t.Context(), fmt.Errorf("dial: %w", context.DeadlineExceeded)))
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("the limit of opening a connection: %v", err)
	}
}
