// Package ledgertest proves a ledger: call [Run] from the ledger's tests.
package ledgertest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// Run proves a ledger made anew for every test.
func Run(t *testing.T, open func(t *testing.T) task.Ledger) {
	for name, f := range map[string]func(*proof){
		"rows come back as they were": rows,
		"the table of moves":          table,
		"a charge stays":              charge,
		"late answers":                late,
		"moves in one transaction":    together,
		"idempotency":                 idempotency,
		"idempotency in a crowd":      idempotencyCrowd,
		"joining":                     joining,
		"claims keep to the caps":     caps,
		"claimed as it is accepted":   claimedAsAccepted,
		"claims in a crowd":           claimCrowd,
		"parked keys":                 parked,
		"announced accounts":          announced,
		"leases":                      leases,
		"omitted ids":                 omitted,
		"renewal":                     renewal,
		"giving back":                 unlease,
		"wake-ups":                    wakes,
		"rescheduling":                reschedule,
		"cancel requests":             cancelRequests,
		"retry":                       retry,
		"retry of a group":            retryGroup,
		"groups":                      groups,
		"a late child":                lateChild,
		"listing":                     listing,
		"assets":                      assets,
		"keys":                        keys,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(&proof{T: t, l: open(t)})
		})
	}
}

var ctx = context.Background()

type proof struct {
	*testing.T
	l task.Ledger
}

func (p *proof) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *proof) wantKind(err error, kind fault.Kind) {
	p.Helper()
	if fault.KindOf(err) != kind {
		p.Errorf("got %v, want a fault of kind %s", err, kind)
	}
}

// Fresh is a task of an owner, about to be accepted.
func Fresh(owner string) *task.Task {
	now := time.Now()
	return &task.Task{
		ID: task.NewID(now), Kind: "toy.image", Module: "toy", Operation: "image", Model: "toy-1", Media: "image", State: task.Queued,
		Input: json.RawMessage(`{"prompt":"x"}`), InputHash: "hash", Owner: owner, Charged: fault.ChargedNo, RunAt: now, Deadline: now.Add(time.Hour), Created: now,
	}
}

func (p *proof) accept(t *task.Task) *task.Task {
	p.Helper()
	got, replayed, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{t}})
	p.must(err)
	if replayed {
		p.Fatal("a new task was taken for an old one")
	}
	return got
}

var account = task.Account{Vendor: "toyco", BaseURL: "http://toy", Fingerprint: "f1"}

func (p *proof) claim(id, submit string) (*task.Task, error) {
	return p.l.Claim(ctx, task.ClaimRequest{ID: id, Owner: "me", SubmitID: submit, Spool: "spool", Lease: time.Minute, Accounts: []task.AccountLimit{{Account: account}}})
}

// claimed is a task in the middle of its submission.
func (p *proof) claimed() *task.Task {
	p.Helper()
	t, err := p.claim(p.accept(Fresh("me")).ID, "s1")
	p.must(err)
	return t
}

func (p *proof) apply(t *task.Task, to task.State, cause task.Cause, edit func(*task.Task)) (*task.Task, error) {
	return p.l.Apply(ctx, task.Transition{ID: t.ID, From: []task.State{t.State}, To: to, Cause: cause, Edit: func(row *task.Task) error {
		if edit != nil {
			edit(row)
		}
		return nil
	}})
}

func charged(c fault.Charge) func(*task.Task) { return func(t *task.Task) { t.Charged = c } }
