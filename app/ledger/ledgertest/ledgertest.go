// Package ledgertest is the conformance test of [task.Ledger]: call [Run] from a
// ledger's tests.
package ledgertest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// Run runs all conformance tests, each with a new, empty ledger that open returns.
func Run(t *testing.T, open func(t *testing.T) task.Ledger) {
	for name, f := range map[string]func(*suite){
		"a row reads as written": rows,
		"every transition":       everyTransition,
		"a charge stays":         chargeStays,
		"late answers":           lateAnswers,
		"atomic transitions":     atomicTransitions,
		"idempotency":            idempotency,
		"concurrent idempotency": idempotencyConcurrent,
		"joining":                joining,
		"joining one of several": joiningSeveral,
		"joining an answer":      joiningAnswering,
		"concurrent joining":     joiningConcurrent,
		"joining with a key":     joiningWithKey,
		"a client that repeats":  joiningClient,
		"account limits":         accountLimits,
		"accept with a claim":    acceptWithClaim,
		"concurrent claims":      claimsConcurrent,
		"parked keys":            parkedKeys,
		"claims of probes":       probeClaims,
		"announced accounts":     vendorAccounts,
		"leases":                 leases,
		"omitted ids":            omittedIDs,
		"renewal":                renewal,
		"releasing leases":       releaseLease,
		"overdue tasks":          takeOverdue,
		"rescheduling":           reschedule,
		"cancel requests":        cancelRequests,
		"retry":                  retry,
		"retry of a group":       retryGroup,
		"groups":                 groups,
		"a late child":           lateChild,
		"listing":                listing,
		"assets":                 assets,
		"kept answers":           keptAnswers,
		"swept inputs":           sweptInputs,
		"swept events":           sweptEvents,
		"removed results":        removedResults,
		"removed groups":         removedGroups,
		"removed after a retry":  removedLate,
		"one sweeper":            oneSweeper,
		"swept rows":             sweptRows,
		"upload quotas":          uploadQuotas,
		"purchases under way":    underway,
		"keys":                   keys,
		"needed keys":            neededKeys,
		"processes":              processes,
		"texts of any bytes":     oddTexts,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(&suite{T: t, l: open(t)})
		})
	}
}

var ctx = context.Background()

type suite struct {
	*testing.T
	l task.Ledger
}

func (p *suite) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *suite) wantKind(err error, kind fault.Kind) {
	p.Helper()
	if fault.KindOf(err) != kind {
		p.Errorf("got %v, want a fault of kind %s", err, kind)
	}
}

// Fresh is a new task of an owner, to be accepted.
func Fresh(owner string) *task.Task {
	now := time.Now()
	return &task.Task{
		ID: task.NewID(now), Kind: "toy.image", Module: "toy", Operation: "image", Model: "toy-1", Media: "image", State: task.Queued,
		Input: json.RawMessage(`{"prompt":"x"}`), InputHash: "hash", Owner: owner, RequestID: "request", Charged: fault.ChargedNo, RunAt: now, Deadline: now.Add(time.Hour), Created: now,
	}
}

func (p *suite) accept(t *task.Task) *task.Task {
	p.Helper()
	got, replayed, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{t}})
	p.must(err)
	if replayed {
		p.Fatal("Accept returned an earlier task for a new one")
	}
	return got
}

var account = task.Account{Vendor: "toyco", BaseURL: "http://toy", Fingerprint: "f1"}

func (p *suite) claim(id, submit string) (*task.Task, error) {
	return p.l.Claim(ctx, task.ClaimRequest{ID: id, Owner: "me", SubmitID: submit, Spool: "spool", Lease: time.Minute, Accounts: []task.AccountLimit{{Account: account}}})
}

// claimed is a task in submitting.
func (p *suite) claimed() *task.Task {
	p.Helper()
	t, err := p.claim(p.accept(Fresh("me")).ID, "s1")
	p.must(err)
	return t
}

func (p *suite) apply(t *task.Task, to task.State, cause task.Cause, edit func(*task.Task)) (*task.Task, error) {
	return p.l.Apply(ctx, task.Transition{ID: t.ID, From: []task.State{t.State}, To: to, Cause: cause, Edit: func(row *task.Task) error {
		if edit != nil {
			edit(row)
		}
		return nil
	}})
}

func charged(c fault.Charge) func(*task.Task) { return func(t *task.Task) { t.Charged = c } }
