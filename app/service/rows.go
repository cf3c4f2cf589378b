package service

import (
	"encoding/json"
	"fmt"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// tasks makes the rows: one, or a group and its children where the vendor
// makes one picture a submission.
func (s *Service) tasks(d *draft, hash string) ([]*task.Task, error) {
	count := d.plan.Count
	field := d.Route.CountField
	if field == "" || count <= 1 {
		t, err := s.task(d, d.input, hash)
		return []*task.Task{t}, err
	}
	group, err := s.task(d, d.input, hash)
	if err != nil {
		return nil, err
	}
	asGroup(group, count)
	out := []*task.Task{group}
	for i := range count {
		input := make(map[string]json.RawMessage, len(d.input))
		for k, v := range d.input {
			input[k] = v
		}
		input[field] = json.RawMessage("1")
		var seed *int64
		if json.Unmarshal(input["seed"], &seed) == nil && seed != nil && *seed >= 0 {
			input["seed"] = json.RawMessage(fmt.Sprint(*seed + int64(i))) // else all pictures are the same
		}
		child, err := s.task(d, input, "")
		if err != nil {
			return nil, err
		}
		asChild(child, group, i)
		if q := d.plan.Quote; q != nil {
			child.Quoted = q.Share(int64(i), int64(count))
		}
		out = append(out, child)
	}
	return out, nil
}

// asGroup makes a fresh task the group of n others.
func asGroup(group *task.Task, n int) {
	group.Group, group.State, group.Children = true, task.Running, n
	group.RunAt, group.Deadline = never, time.Time{}
}

// asChild makes a fresh task the i-th of a group, which shows the warnings.
func asChild(child, group *task.Task, i int) {
	child.Parent, child.Index, child.Warnings = group.ID, i, nil
}

// never is a run_at that does not come: nobody is due to look at a group.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

func (s *Service) task(d *draft, input map[string]json.RawMessage, hash string) (*task.Task, error) {
	raw, err := json.Marshal(input)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "", "The input could not be stored.")
	}
	now := time.Now()
	op := d.Operation
	return &task.Task{
		ID: task.NewID(now), Kind: op.Kind(), Module: op.Module.Name, Operation: op.Registered.Operation.Name,
		Model: d.Target.Model, Account: task.Account{Vendor: d.Target.Vendor}, Media: op.Registered.Operation.Media,
		State: task.Queued, Input: raw, InputHash: hash, Owner: d.Caller.Name, Tags: d.Tags, Sandbox: d.Sandbox,
		RunAt: now.Add(firstWake), Deadline: now.Add(task.QueueDeadline),
		Charged: fault.ChargedNo, Quoted: d.plan.Quote, Warnings: d.warnings, Created: now,
	}, nil
}
