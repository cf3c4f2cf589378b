package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/task"
)

// Retry implements [API]. Of a group those tasks are bought anew that failed or
// stand in doubt, as a group of their own if they are several.
func (s *Service) Retry(ctx context.Context, c Caller, id string) (*View, error) {
	t, err := s.own(ctx, c, id)
	if err != nil {
		return nil, err
	}
	old := []*task.Task{t}
	if t.Group && t.RetriedAs == "" {
		if old, err = s.retryable(ctx, t); err != nil {
			if now, rerr := s.own(ctx, c, id); rerr != nil || now.RetriedAs == "" {
				return nil, err
			}
			old = []*task.Task{t} // somebody was quicker: the ledger knows what they bought
		}
	}
	next := s.anew(t, old)
	first, fresh, err := s.Ledger.Retry(ctx, id, next)
	if errors.Is(err, task.ErrStale) {
		return nil, fault.New(fault.Conflict, "moved_on", "A task of the group was retried meanwhile; look at it again.")
	}
	if err != nil {
		return nil, err
	}
	if fresh {
		for _, one := range old {
			s.tell(one)
		}
		for _, n := range next {
			s.Dispatcher.Dispatch(n)
		}
	}
	return s.view(ctx, first)
}

// retryable are the tasks of a group that can be bought anew.
func (s *Service) retryable(ctx context.Context, g *task.Task) (out []*task.Task, err error) {
	if !g.State.Settled() {
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

// anew makes the rows that buy what old ones did not bring.
func (s *Service) anew(t *task.Task, old []*task.Task) []*task.Task {
	if len(old) == 1 {
		return []*task.Task{s.again(old[0])}
	}
	group := s.again(t)
	lead(group, len(old))
	group.Input, group.Quoted = s.asking(t, len(old)), nil
	if len(old) != t.Children {
		group.InputHash = "" // nobody asked for so many: no repeated request means it
	}
	out := []*task.Task{group}
	for i, one := range old {
		child := s.again(one)
		follow(child, group, i)
		if q := child.Quoted; q != nil {
			if group.Quoted == nil {
				group.Quoted = &provider.Money{Currency: q.Currency}
			}
			group.Quoted.Amount += q.Amount
		}
		out = append(out, child)
	}
	return out
}

// asking is the input of a group for another number of results.
func (s *Service) asking(t *task.Task, n int) json.RawMessage {
	op, known := s.byKind[t.Kind]
	var input map[string]json.RawMessage
	if !known || json.Unmarshal(t.Input, &input) != nil {
		return t.Input
	}
	input[op.Entry.Operation.Fanout] = json.RawMessage(fmt.Sprint(n))
	raw, err := json.Marshal(input)
	if err != nil {
		return t.Input
	}
	return raw
}

// again is a fresh task with the input of another one.
func (s *Service) again(t *task.Task) *task.Task {
	now := time.Now()
	next := &task.Task{
		ID: task.NewID(now), Kind: t.Kind, Module: t.Module, Operation: t.Operation, Model: t.Model, Media: t.Media,
		State: task.Queued, Input: append(json.RawMessage{}, t.Input...), InputHash: t.InputHash, Owner: t.Owner, Tags: t.Tags,
		RetryOf: t.ID, RunAt: now.Add(firstWake), Deadline: now.Add(queueDeadline),
		Charged: fault.ChargedNo, Quoted: t.Quoted, Created: now,
	}
	if op, ok := s.byKind[t.Kind]; ok {
		next.Sandbox = s.sandboxed(op)
		if p, err := op.Plan(t.Input, t.Model); err == nil {
			next.Warnings = p.Warnings
		}
	}
	return next
}
