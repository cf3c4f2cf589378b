package worker

import (
	"cmp"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/task"
)

// This file is all that the worker reads of the declarations of operations and
// routes: accounts, drivers, limits of time, and what a task costs.

// knowsOperation says whether this version has the task's operation.
func (w *core) knowsOperation(t *task.Task) bool { return w.Modules.Operation(t.Kind) != nil }

// route is the route of the task's operation to its vendor; false if this version
// has none.
func (w *core) route(t *task.Task) (module.Route, bool) {
	e := w.Modules.Operation(t.Kind)
	if e == nil {
		return module.Route{}, false
	}
	if t.Account.Vendor == "" && t.State == task.Queued { // accepted by an earlier version, which selected the vendor at the claim
		return e.Routes[0], true
	}
	return e.Route(t.Account.Vendor)
}

// account is the configured account that the task was claimed for; false if it is
// not configured any more: then the task waits.
func (w *core) account(t *task.Task) (provider.Account, bool) {
	return w.Accounts.Find(t.Account.Vendor, t.Account.BaseURL, t.Account.Fingerprint)
}

// candidates are the accounts of the task's vendor, with their limits. A task that
// was accepted for the sandbox gets only sandbox accounts, and others never do. If
// there is none, missing is the name of the setting for the vendor's key.
func (w *core) candidates(t *task.Task) (list []task.AccountLimit, missing string) {
	r, ok := w.route(t)
	limits := w.Accounts.Limits(r.Vendor.Name)
	model, _ := r.Model(t.Model)
	if limits.Running != r.Vendor.Limits.Running {
		model.Running = 0 // the account has other limits than the documented ones
	}
	for _, a := range w.Accounts.ForVendor(r.Vendor.Name) {
		if a.Sandbox == t.Sandbox {
			list = append(list, task.AccountLimit{
				Account: accountOf(a), Running: limits.Running, ModelRunning: model.Running, PerMinute: limits.PerMinute, Shared: w.Accounts.Sharing(a),
			})
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

// firstPoll is the pause between a ticket and its first poll.
func (w *core) firstPoll(t *task.Task) time.Duration { return w.scale(t, w.terms(t).Poll.First) }

// pollInterval is the pause between two polls, before it is scaled.
func (w *core) pollInterval(t *task.Task) time.Duration {
	return cmp.Or(w.Accounts.Limits(t.Account.Vendor).PollEvery, w.terms(t).Poll.Every)
}

// deadline is how long a job may take, from its ticket.
func (w *core) deadline(t *task.Task) time.Duration { return w.terms(t).Deadline }

// terms are those of the task's route, or the defaults if this version has none.
func (w *core) terms(t *task.Task) module.Terms {
	r, _ := w.route(t)
	return r.Terms.Complete()
}

// scale divides a pause by 20 for tasks of the sandbox.
func (w *core) scale(t *task.Task, d time.Duration) time.Duration {
	if t.Sandbox {
		return d / 20
	}
	return d
}

// optional is the driver of a task's route as an optional interface; nil if the
// driver does not implement it.
func optional[Ability any](w *core, t *task.Task) (out Ability) {
	if r, ok := w.route(t); ok {
		out, _ = r.AnyDriver.Driver().(Ability)
	}
	return out
}

func (w *core) finder(t *task.Task) provider.Finder     { return optional[provider.Finder](w, t) }
func (w *core) fetcher(t *task.Task) provider.Fetcher   { return optional[provider.Fetcher](w, t) }
func (w *core) canceler(t *task.Task) provider.Canceler { return optional[provider.Canceler](w, t) }

// plannedResults is how many results the task's input asks for; 1 and false if this
// version does not know its route.
func (w *core) plannedResults(t *task.Task) (n int, known bool) {
	r, ok := w.route(t)
	if !ok {
		return 1, false
	}
	p, err := r.Plan(t.Input, r.Target(t.Model))
	if err != nil {
		return 1, true
	}
	return p.Count, true
}

// expectedResults is how many results an answer to the task should have.
func (w *core) expectedResults(t *task.Task) int {
	n, known := w.plannedResults(t)
	if !known {
		return len(t.Answer.Results)
	}
	return n
}

// actualCost is what a task cost: the amount that the vendor reports with its answer
// or ticket, else the quoted list price in proportion to the results got of those
// expected (expected 0: all of it). nil: unknown.
func actualCost(t *task.Task, got, expected int) *provider.Money {
	switch {
	case t.Answer != nil && (t.Answer.Cost != nil || t.Answer.NoCost):
		return t.Answer.Cost
	case t.Ticket != nil && t.Ticket.Cost != nil:
		return t.Ticket.Cost
	case t.Quoted == nil || expected == 0:
		return t.Quoted
	}
	return t.Quoted.Part(int64(got), int64(expected))
}

// setFailureCost sets what a failed or canceled task cost, if the vendor charged for it
// although there is no result: the amount that it reports, else as [actualCost].
func setFailureCost(row *task.Task, reported *provider.Money) {
	if row.Charged == fault.ChargedYes {
		row.Actual = cmp.Or(reported, actualCost(row, 0, 0))
	}
}

// call is the argument of a driver's method for a task. files receives the bytes that
// are extracted from answers.
func (w *core) call(t *task.Task, files provider.BlobSink) provider.Call {
	acc, _ := w.account(t)
	r, _ := w.route(t)
	return provider.Call{
		Task: t.ID, Submit: t.SubmitID, Model: t.Model, Account: acc, Inputs: inputs{w},
		HTTP: &provider.Client{HTTP: w.Vendors, Blobs: files, Memory: w.answers}, Prices: r.Prices,
	}
}
