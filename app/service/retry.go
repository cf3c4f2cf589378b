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

// Retry implements [API]. Of a group those tasks are bought anew that failed or
// stand in doubt, as a group of their own if they are several.
func (s *Service) Retry(ctx context.Context, c Caller, id string) (*View, error) {
	t, err := s.authorized(ctx, c, id)
	if err != nil {
		return nil, err
	}
	if t.RetriedAs != "" { // whatever became of keys and models: a second call means the same new task
		return s.Get(ctx, c, t.RetriedAs)
	}
	old := []*task.Task{t}
	if t.Group {
		if old, err = s.retryable(ctx, t); err != nil {
			if now, rerr := s.authorized(ctx, c, id); rerr != nil || now.RetriedAs == "" {
				return nil, err
			}
			old = []*task.Task{t} // somebody was quicker: the ledger knows what they bought
		}
	}
	next, err := s.repurchase(ctx, t, old)
	if err != nil {
		return nil, err
	}
	first, fresh, err := s.Ledger.Retry(ctx, id, next)
	if errors.Is(err, task.ErrStale) {
		return nil, fault.New(fault.Conflict, "moved_on", "A task of the group was retried meanwhile; look at it again.")
	}
	if err != nil {
		return nil, err
	}
	if fresh {
		for _, one := range old {
			s.publish(one)
		}
		for _, n := range next {
			s.Dispatcher.Dispatch(n)
		}
	}
	return s.view(ctx, first)
}

// retryable are the tasks of a group that can be bought anew.
func (s *Service) retryable(ctx context.Context, g *task.Task) (out []*task.Task, err error) {
	if !g.State.Done() {
		return nil, fault.New(fault.Conflict, "retry_not_possible", "Tasks of this group are still under way.")
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
		return nil, fault.New(fault.Conflict, "retry_not_possible", "None of the group's tasks failed or stands in doubt, or all of those were retried.")
	}
	return out, nil
}

// repurchase makes the rows that buy what old ones did not bring. Route and model are
// selected anew.
func (s *Service) repurchase(ctx context.Context, t *task.Task, old []*task.Task) ([]*task.Task, error) {
	op, known := s.byKind[t.Kind]
	if !known {
		return nil, fault.New(fault.Conflict, "retry_not_possible", "This version does not know the operation %s.", t.Kind)
	}
	var input map[string]json.RawMessage
	if err := json.Unmarshal(t.Input, &input); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "stored_input", "The stored input cannot be read.")
	}
	sel, err := s.choose(ctx, op, asked(input))
	if err != nil {
		return nil, err
	}
	if len(old) == 1 {
		next, err := cloneForRetry(old[0], sel)
		return []*task.Task{next}, err
	}
	group, err := cloneForRetry(t, sel)
	if err != nil {
		return nil, err
	}
	asGroup(group, len(old))
	group.Input, group.Quoted = s.asking(t, len(old)), nil
	if len(old) != t.Children {
		group.InputHash = "" // nobody asked for so many: no repeated request means it
	}
	out := []*task.Task{group}
	for i, one := range old {
		child, err := cloneForRetry(one, sel)
		if err != nil {
			return nil, err
		}
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

// asking is the input of a group for another number of results: in the
// count field of the route it was accepted for.
func (s *Service) asking(t *task.Task, n int) json.RawMessage {
	r, known := s.route(t)
	var input map[string]json.RawMessage
	if !known || r.CountField == "" || json.Unmarshal(t.Input, &input) != nil {
		return t.Input
	}
	input[r.CountField] = json.RawMessage(fmt.Sprint(n))
	raw, err := json.Marshal(input)
	if err != nil {
		return t.Input
	}
	return raw
}

// cloneForRetry is a fresh task with the input of another one.
func cloneForRetry(t *task.Task, sel module.Selection) (*task.Task, error) {
	if err := check(sel, t.Input); err != nil { // it may be another route than the first time
		return nil, err
	}
	plan, err := sel.Route.Plan(t.Input, sel.Target)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return &task.Task{
		ID: task.NewID(now), Kind: t.Kind, Module: t.Module, Operation: t.Operation, Media: t.Media,
		Model: sel.Target.Model, Account: task.Account{Vendor: sel.Target.Vendor}, Sandbox: sel.Sandbox,
		State: task.Queued, Input: append(json.RawMessage{}, t.Input...), InputHash: t.InputHash, Owner: t.Owner, Tags: t.Tags,
		RetryOf: t.ID, RunAt: now.Add(firstWake), Deadline: now.Add(task.QueueDeadline),
		Charged: fault.ChargedNo, Quoted: plan.Quote, Warnings: slices.Concat(sel.Warnings, plan.Warnings), Created: now,
	}, nil
}
