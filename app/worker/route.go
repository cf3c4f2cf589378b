package worker

import (
	"time"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/task"
)

// This file is all that the worker asks of the declaration of a task's operation
// and of the route on which its vendor does it.

// known says whether this version knows the task's operation.
func (w *core) known(t *task.Task) bool { return w.Modules.Operation(t.Kind) != nil }

// route is how the task's vendor does its operation; false if this version does
// not know.
func (w *core) route(t *task.Task) (module.Route, bool) {
	e := w.Modules.Operation(t.Kind)
	if e == nil {
		return module.Route{}, false
	}
	if t.Account.Vendor == "" && t.State == task.Queued { // accepted by a version that selected the vendor at claim
		return e.Routes[0], true
	}
	return e.Route(t.Account.Vendor)
}

// account is the configured account that the task was claimed for; without it
// there is nothing to do but wait.
func (w *core) account(t *task.Task) (provider.Account, bool) {
	return w.Accounts.Find(t.Account.Vendor, t.Account.BaseURL, t.Account.Fingerprint)
}

// candidates are the accounts of the task's vendor, with their limits. A task
// that was accepted for the sandbox is never bought for money. missing names the
// setting without which there is none.
func (w *core) candidates(t *task.Task) (list []task.AccountLimit, missing string) {
	r, ok := w.route(t)
	caps := w.Accounts.Limits(r.Vendor.Name)
	for _, a := range w.Accounts.ForVendor(r.Vendor.Name) {
		if a.Sandbox == t.Sandbox {
			list = append(list, task.AccountLimit{Account: accountOf(a), Running: caps.Running, PerMinute: caps.PerMinute})
		}
	}
	if ok && len(list) == 0 {
		return nil, r.Vendor.KeyName()
	}
	return list, ""
}

func accountOf(a provider.Account) task.Account {
	return task.Account{Vendor: a.Vendor, BaseURL: a.BaseURL, Fingerprint: a.Fingerprint}
}

// submitLimit is how long one submission may take.
func (w *core) submitLimit(t *task.Task) time.Duration { return w.terms(t).Submit }

// firstPoll is the pause from a ticket to its first poll.
func (w *core) firstPoll(t *task.Task) time.Duration { return w.scale(t, w.terms(t).Poll.First) }

// pollInterval is the pause between two polls, before it is scaled.
func (w *core) pollInterval(t *task.Task) time.Duration { return w.terms(t).Poll.Every }

// deadline is how long a job may take from its ticket on.
func (w *core) deadline(t *task.Task) time.Duration { return w.terms(t).Deadline }

// terms are those of the task's route, or the usual ones where this version does
// not know it.
func (w *core) terms(t *task.Task) module.Terms {
	r, _ := w.route(t)
	return r.Terms.Complete()
}

// scale shrinks a vendor's pause twentyfold against the sandbox.
func (w *core) scale(t *task.Task, d time.Duration) time.Duration {
	if t.Sandbox {
		return d / 20
	}
	return d
}

// async says whether the vendor gives tickets.
func (w *core) async(t *task.Task) bool {
	r, ok := w.route(t)
	return ok && r.AnyDriver.Async()
}

// optional is an optional ability of the driver of a task's route; nil if it has
// it not.
func optional[Ability any](w *core, t *task.Task) (out Ability) {
	if r, ok := w.route(t); ok {
		out, _ = r.AnyDriver.Driver().(Ability)
	}
	return out
}

func (w *core) finder(t *task.Task) provider.Finder     { return optional[provider.Finder](w, t) }
func (w *core) fetcher(t *task.Task) provider.Fetcher   { return optional[provider.Fetcher](w, t) }
func (w *core) canceler(t *task.Task) provider.Canceler { return optional[provider.Canceler](w, t) }

// expected is how many results were asked for.
func (w *core) expected(t *task.Task) int {
	r, ok := w.route(t)
	if !ok {
		return len(t.Answer.Results)
	}
	p, err := r.Plan(t.Input, r.Target(t.Model))
	if err != nil {
		return 1
	}
	return p.Count
}

// actual is what was paid as far as anybody knows: the vendor's own figure,
// else the list price in proportion to the results that came.
func actual(t *task.Task, got, asked int) *provider.Money {
	switch {
	case t.Answer != nil && (t.Answer.Cost != nil || t.Answer.NoCost):
		return t.Answer.Cost
	case t.Ticket != nil && t.Ticket.Cost != nil:
		return t.Ticket.Cost
	case t.Quoted == nil || asked == 0:
		return t.Quoted
	}
	return t.Quoted.Part(int64(got), int64(asked))
}

// call is what a driver gets for one step of a task.
func (w *core) call(t *task.Task, scratch provider.BlobSink) provider.Call {
	acc, _ := w.account(t)
	r, _ := w.route(t)
	return provider.Call{
		Task: t.ID, Submit: t.SubmitID, Model: t.Model, Account: acc, Inputs: inputs{w},
		HTTP: &provider.Client{HTTP: w.Vendors, Blobs: scratch}, Prices: r.Prices,
	}
}
