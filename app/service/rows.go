package service

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/task"
)

// tasks builds the rows of a request: one task, or, if more results are requested
// than the route makes per submission, a group and its children.
func (s *Service) tasks(d *draft, hash string) ([]*task.Task, error) {
	count, most := d.plan.Count, max(d.plan.PerRequest, 1)
	if d.Route.CountField == "" || count <= most {
		t, err := s.task(d, d.input, hash)
		return []*task.Task{t}, err
	}
	group, err := s.task(d, d.input, hash)
	if err != nil {
		return nil, err
	}
	asGroup(group, (count+most-1)/most)
	out := []*task.Task{group}
	for i := range group.Children {
		from, to := i*most, min((i+1)*most, count) // results of this child
		child, err := s.task(d, partOfInput(d.input, d.Route, d.plan, from, to), "")
		if err != nil {
			return nil, err
		}
		asChild(child, group, i)
		if q := d.plan.Quote; q != nil {
			child.Quoted = q.Share(int64(from), int64(to), int64(count))
		}
		out = append(out, child)
	}
	return out, nil
}

// partOfInput is the input of the task that makes the results from…to-1 of a request.
func partOfInput(input map[string]json.RawMessage, r module.Route, p module.Plan, from, to int) map[string]json.RawMessage {
	part := maps.Clone(input)
	for _, alias := range r.CountAliases {
		delete(part, alias)
	}
	part[r.CountField] = json.RawMessage(fmt.Sprint(to - from))
	var seed *int64
	if !p.RandomSeed && json.Unmarshal(part["seed"], &seed) == nil && seed != nil && *seed >= 0 {
		part["seed"] = json.RawMessage(fmt.Sprint(*seed + int64(from))) // one seed would give the same image n times
	}
	return part
}

// asGroup turns a new task into a group of n children.
func asGroup(group *task.Task, n int) {
	group.Group, group.State, group.Children = true, task.Running, n
	group.RunAt, group.Deadline = never, time.Time{}
}

// asChild turns a new task into the i-th child of a group. Warnings are kept on the
// group only.
func asChild(child, group *task.Task, i int) {
	child.Parent, child.Index, child.Warnings = group.ID, i, nil
}

// never is the run_at of a group: it is never due, since only its children run.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

func (s *Service) task(d *draft, input map[string]json.RawMessage, hash string) (*task.Task, error) {
	raw, err := json.Marshal(input)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "", "The input could not be stored.")
	}
	now := time.Now()
	op, slots := d.Operation, 1
	if d.Route.SlotPerResult {
		slots = d.plan.Count
	}
	return &task.Task{
		ID: task.NewID(now), Kind: op.Kind(), Module: op.Module.Name, Operation: op.Registered.Operation.Name,
		Model: d.Target.Model, Account: task.Account{Vendor: d.Target.Vendor}, Media: op.Registered.Operation.Media,
		State: task.Queued, Input: raw, InputHash: hash, Owner: d.Caller.Name, RequestID: d.RequestID, Tags: d.Tags, Sandbox: d.Sandbox,
		RunAt: now.Add(firstMonitorCheck), Deadline: now.Add(task.QueueDeadline),
		Slots: slots, Charged: fault.ChargedNo, Quoted: d.plan.Quote, Warnings: d.warnings, Created: now,
	}, nil
}
