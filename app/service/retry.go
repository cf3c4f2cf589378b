package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/task"
)

// Retry implements [API]. Of a group, the children that failed or are in doubt
// are submitted again: as a new group, or as a single task if it is one child.
func (s *Service) Retry(ctx context.Context, c Caller, id string) (*View, error) {
	t, err := s.authorized(ctx, c, id)
	if err != nil {
		return nil, err
	}
	if t.RetriedAs != "" { // before any check that could refuse: a second call returns the same new task
		return s.Get(ctx, c, t.RetriedAs)
	}
	old := []*task.Task{t}
	if t.Group {
		if old, err = s.retryableChildren(ctx, t); err != nil {
			if now, rerr := s.authorized(ctx, c, id); rerr != nil || now.RetriedAs == "" {
				return nil, err
			}
			old = []*task.Task{t} // a concurrent Retry won: Ledger.Retry returns its new task
		}
	}
	next, err := s.retryTasks(ctx, t, old)
	if err != nil {
		return nil, err
	}
	if err := s.checkRows(); err != nil {
		return nil, err
	}
	first, inserted, err := s.Ledger.Retry(ctx, id, next)
	if errors.Is(err, task.ErrStale) {
		return nil, fault.New(fault.Conflict, "moved_on", "A task of the group was retried at the same time. Read the group again, then repeat the request if it still applies.")
	}
	if err != nil {
		return nil, err
	}
	if inserted {
		for _, one := range old {
			s.publish(one)
		}
		for _, n := range next {
			s.Dispatcher.Dispatch(n)
		}
	}
	return s.view(ctx, first)
}

// retryableChildren returns the children of a group that can be retried.
func (s *Service) retryableChildren(ctx context.Context, g *task.Task) (out []*task.Task, err error) {
	if !g.State.Done() {
		return nil, fault.New(fault.Conflict, "retry_not_possible", "Tasks of this group are still open. Wait until all are done.")
	}
	children, err := s.Ledger.Children(ctx, g.ID)
	if err != nil {
		return nil, err
	}
	for _, t := range children {
		if (t.State == task.Failed || t.State == task.InDoubt) && t.RetriedAs == "" {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Conflict, "retry_not_possible", "No task of this group failed or is in doubt without having been retried.")
	}
	return out, nil
}

// retryTasks builds the rows that retry old, which is t itself or children of the
// group t. Route and model are selected again.
func (s *Service) retryTasks(ctx context.Context, t *task.Task, old []*task.Task) ([]*task.Task, error) {
	op, known := s.byKind[t.Kind]
	if !known {
		return nil, fault.New(fault.Conflict, "retry_not_possible", "This version of aigc has no operation %s.", t.Kind)
	}
	var input map[string]json.RawMessage
	if err := json.Unmarshal(t.Input, &input); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "stored_input", "The stored input cannot be read.")
	}
	sel, err := s.selectForPurchase(ctx, op, requestedModel(input))
	if err != nil {
		return nil, err
	}
	var next []*task.Task
	for _, one := range old {
		parts, err := splitForRetry(one, sel)
		if err != nil {
			return nil, err
		}
		next = append(next, parts...)
	}
	if len(next) == 1 {
		return next, nil
	}
	group, _, err := cloneForRetry(t, sel, t.Input)
	if err != nil {
		return nil, err
	}
	asGroup(group, len(next))
	group.Quoted = nil
	if t.Group {
		group.Input = s.inputWithCount(t, old)
		if len(old) != t.Children {
			group.InputHash = "" // no request asked for this number, so none may be joined to it
		}
	}
	out := []*task.Task{group}
	for i, child := range next {
		asChild(child, group, i)
		if i == 0 {
			group.Quoted = child.Quoted
		} else {
			group.Quoted = provider.Add(group.Quoted, child.Quoted)
		}
		out = append(out, child)
	}
	return out, nil
}

// inputWithCount returns the input of the group t with the number of results of
// these children in its route's count field.
func (s *Service) inputWithCount(t *task.Task, children []*task.Task) json.RawMessage {
	r, known := s.route(t)
	var input map[string]json.RawMessage
	if !known || r.CountField == "" || json.Unmarshal(t.Input, &input) != nil {
		return t.Input
	}
	results := 0
	for _, c := range children {
		var fields map[string]json.RawMessage
		n := 1
		_ = json.Unmarshal(c.Input, &fields)         // was marshalled by us
		_ = json.Unmarshal(fields[r.CountField], &n) // so was the count; without one it is 1
		results += n
	}
	input[r.CountField] = json.RawMessage(fmt.Sprint(results))
	raw, err := json.Marshal(input)
	if err != nil {
		return t.Input
	}
	return raw
}

// splitForRetry builds the queued tasks that retry t: one, or several if the selected
// route makes fewer results per submission than t asked of another route.
func splitForRetry(t *task.Task, sel module.Selection) ([]*task.Task, error) {
	whole, plan, err := cloneForRetry(t, sel, t.Input)
	most := max(plan.PerRequest, 1)
	if err != nil || sel.Route.CountField == "" || plan.Count <= most {
		return []*task.Task{whole}, err
	}
	var input map[string]json.RawMessage
	if err := json.Unmarshal(t.Input, &input); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "stored_input", "The stored input cannot be read.")
	}
	var out []*task.Task
	for from := 0; from < plan.Count; from += most {
		raw, err := json.Marshal(partOfInput(input, sel.Route, plan, from, min(from+most, plan.Count)))
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "", "The input could not be stored.")
		}
		part, _, err := cloneForRetry(t, sel, raw)
		if err != nil {
			return nil, err
		}
		part.InputHash = ""
		out = append(out, part)
	}
	return out, nil
}

// cloneForRetry builds a queued task like t, with this input, for the selected route.
func cloneForRetry(t *task.Task, sel module.Selection, input json.RawMessage) (*task.Task, module.Plan, error) {
	if err := check(sel, input); err != nil { // the route can differ from the first time
		return nil, module.Plan{}, err
	}
	plan, err := sel.Route.Plan(input, sel.Target)
	if err != nil {
		return nil, plan, err
	}
	slots := 1
	if sel.Route.SlotPerResult {
		slots = plan.Count
	}
	now := time.Now()
	return &task.Task{
		ID: task.NewID(now), Kind: t.Kind, Module: t.Module, Operation: t.Operation, Media: t.Media,
		Model: sel.Target.Model, Account: task.Account{Vendor: sel.Target.Vendor}, Sandbox: sel.Sandbox,
		State: task.Queued, Input: append(json.RawMessage{}, input...), InputHash: t.InputHash, Owner: t.Owner, Tags: t.Tags,
		Slots: slots, RetryOf: t.ID, RunAt: now.Add(firstMonitorCheck), Deadline: now.Add(task.QueueDeadline),
		Charged: fault.ChargedNo, Quoted: plan.Quote, Warnings: slices.Concat(sel.Warnings, plan.Warnings), Created: now,
	}, plan, nil
}
