package ledger

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/ledger/pgtest"
	"aigc/app/provider"
	"aigc/app/task"
)

// The connection is lost at a COMMIT. If it was committed, the ledger finds that out, and
// takes a claim back, for which nothing may be sent; if not, nothing was written. The
// outcome is always known here, since the database answers again at once.
func TestCommitOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	for _, c := range []struct {
		method string
		causes string // of the events, if it was committed
		err    bool   // of the method, if it was committed
		state  task.State
	}{
		{"accept", "accept", false, task.Queued},
		{"accept with a claim", "accept claim requeued", false, task.Queued},
		{"claim", "accept claim requeued", true, task.Queued},
		{"apply", "accept claim ticket_received", false, task.Running},
	} {
		for name, cut := range map[string]pgtest.Cut{"before": pgtest.CutBefore, "after": pgtest.CutAfter, "delayed": pgtest.CutDelayed} {
			t.Run(c.method+", cut "+name, func(t *testing.T) {
				t.Parallel()
				databaseURL := migrated(t)
				proxy := server.NewProxy(t)
				l, direct := openPostgres(t, proxy.URL(databaseURL)), openPostgres(t, databaseURL)
				next := fresh()
				claim := claimOf(next.ID)
				accept := task.AcceptRequest{Tasks: []*task.Task{next}}
				ticket := task.Transition{ID: next.ID, SubmitID: claim.SubmitID, To: task.Running, Cause: task.TicketReceived, Edit: func(t *task.Task) error {
					t.Ticket = &provider.Ticket{ID: "job"}
					return nil
				}}
				before := "accept"
				call := func() (*task.Task, error) { row, _, err := l.Accept(t.Context(), accept); return row, err }
				switch c.method {
				case "accept":
					before = ""
				case "accept with a claim":
					before, accept.Claim = "", &claim
				case "claim":
					call = func() (*task.Task, error) { return l.Claim(t.Context(), claim) }
				case "apply":
					before = "accept claim"
					call = func() (*task.Task, error) { return l.Apply(t.Context(), ticket) }
				}
				var err error
				if before != "" {
					_, _, err = direct.Accept(t.Context(), accept)
				}
				if err == nil && c.method == "apply" {
					_, err = direct.Claim(t.Context(), claim)
				}
				if err != nil {
					t.Fatal(err)
				}
				proxy.Cut(cut)
				row, err := call()
				want, wantErr := c.causes, c.err
				if cut == pgtest.CutBefore {
					want, wantErr = before, true
				}
				if wantErr != (err != nil) || err != nil && (fault.KindOf(err) != fault.Unavailable || errors.Is(err, task.ErrOutcomeUnknown) && fault.From(err).Code == "ledger_outcome_unknown") {
					t.Errorf("%v, want an error: %t", err, wantErr)
				}
				if err == nil && row.State != c.state {
					t.Errorf("returned as %s, want %s", row.State, c.state)
				}
				events, err := direct.Events(t.Context(), next.ID, 0)
				if err != nil {
					t.Fatal(err)
				}
				got := ""
				for i, e := range events {
					if i > 0 {
						got += " "
					}
					got += string(e.Cause)
				}
				if got != want {
					t.Errorf("events %q, want %q", got, want)
				}
				if stored, err := direct.Task(t.Context(), next.ID); err == nil && want == c.causes && (stored.State != c.state || c.state == task.Queued && (stored.Charged != fault.ChargedNo || stored.LeaseOwner != "")) {
					t.Errorf("%s, charged %s, leased by %q", stored.State, stored.Charged, stored.LeaseOwner)
				}
			})
		}
	}
}

// While the database is away, calls fail as unavailable, and after its restart the same
// ledger works. Neither errors nor names contain the password.
func TestPostgresRestarts(t *testing.T) {
	server := pgtest.Start(t) // not parallel: it ends the server of all tests
	l := openPostgres(t, migrated(t))
	row, _, err := l.Accept(t.Context(), task.AcceptRequest{Tasks: []*task.Task{fresh()}})
	if err != nil {
		t.Fatal(err)
	}
	server.Stop()
	_, _, accepting := l.Accept(t.Context(), task.AcceptRequest{Tasks: []*task.Task{fresh()}})
	_, reading := l.Task(t.Context(), row.ID)
	_, opening := OpenPostgres(t.Context(), server.URL("tables"))
	for name, err := range map[string]error{"accepting": accepting, "reading": reading, "opening": opening} {
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: %v (%s)", name, err, fault.KindOf(err))
		}
		if text := fmt.Sprintf("%v %+v", err, fault.From(err).Err); containsPassword(text) {
			t.Errorf("%s: the error has the password: %s", name, text)
		}
	}
	server.Restart(t)
	if _, err := l.Task(t.Context(), row.ID); err != nil {
		t.Error(err)
	}
	if _, _, err := l.Accept(t.Context(), task.AcceptRequest{Tasks: []*task.Task{fresh()}}); err != nil {
		t.Error(err)
	}
	if containsPassword(l.Name()) {
		t.Errorf("the name has the password: %s", l.Name())
	}
	if _, err := OpenPostgres(t.Context(), "postgres://aigc:"+pgtest.Password+"@h/x?pool_max_conns=many"); err == nil || containsPassword(fmt.Sprintf("%v %+v", err, fault.From(err).Err)) {
		t.Errorf("a wrong URL: %v", err)
	}
	if risks := l.Risks(t.Context()); len(risks) != 1 { // the server of the tests does not fsync
		t.Errorf("risks %q", risks)
	}
}

func containsPassword(s string) bool { return strings.Contains(s, pgtest.Password) }
