package service_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// Retry, resume and discard, of single tasks and of groups, by state.
func TestRetryResumeDiscard(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	type action func(*service.Service, string) (*service.View, error)
	retry := func(s *service.Service, id string) (*service.View, error) { return s.Retry(ctx, workertest.Me, id) }
	resume := func(s *service.Service, id string) (*service.View, error) { return s.Resume(ctx, workertest.Me, id) }
	discard := func(s *service.Service, id string) (*service.View, error) { return s.Discard(ctx, workertest.Me, id) }
	r := start(t)
	cases := map[string]struct {
		input  string
		do     action
		status task.State // of the answer; empty if code is set
		code   string     // of the error
	}{
		"retry a success":          {`{"prompt":"fox"}`, retry, "", "retry_not_possible"},
		"retry a failure":          {`{"prompt":"refuse"}`, retry, task.Queued, ""},
		"retry what is in doubt":   {`{"prompt":"drop"}`, retry, task.Queued, ""},
		"retry a group":            {`{"prompt":"drop","n":2}`, retry, task.Running, ""},
		"retry a group that is ok": {`{"prompt":"fox","n":2}`, retry, "", "retry_not_possible"},
		"resume a success":         {`{"prompt":"fox"}`, resume, "", "not_resumable"},
		"resume a group":           {`{"prompt":"drop","n":2}`, resume, "", "not_resumable"},
		"discard a success":        {`{"prompt":"fox"}`, discard, "", "not_discardable"},
		"discard what is in doubt": {`{"prompt":"drop"}`, discard, task.Failed, ""},
		"discard a group in doubt": {`{"prompt":"drop","n":2}`, discard, task.Failed, ""},
		"discard a group that is ok": {
			`{"prompt":"fox","n":2}`, discard, "", "not_discardable",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, _, err := r.ask(c.input)
			if err != nil {
				t.Fatal(err)
			}
			r.waitDone(v.TaskID)
			after, err := c.do(r.Service, v.TaskID)
			if c.code != "" {
				wantFault(t, err, fault.Conflict, c.code)
				return
			}
			if err != nil || after.Status != c.status {
				t.Fatalf("%v: %+v", err, after)
			}
		})
	}
}

// A retry of a group submits its failed and doubtful children again, each once: as
// a new group, or as a single task if one is left. Each old child names its new
// task, and the old group names the new one.
func TestRetryOfGroup(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := start(t)
	v, _, err := r.ask(`{"prompt":"drop","n":3}`)
	if err != nil {
		t.Fatal(err)
	}
	r.waitDone(v.TaskID)
	first, err := r.Retry(ctx, workertest.Me, v.Group.Children[1])
	if err != nil || first.Group != nil || first.RetryOf != v.Group.Children[1] {
		t.Fatalf("%+v, %v", first, err)
	}
	next, err := r.Retry(ctx, workertest.Me, v.TaskID)
	if err != nil || next.Group == nil || len(next.Group.Children) != 2 || next.RetryOf != v.TaskID {
		t.Fatalf("%+v, %v", next, err)
	}
	if again, err := r.Retry(ctx, workertest.Me, v.TaskID); err != nil || again.TaskID != next.TaskID {
		t.Errorf("a second retry: %+v, %v", again, err)
	}
	for i, old := range []string{v.Group.Children[0], v.Group.Children[2]} {
		was, err := r.Get(ctx, workertest.Me, old)
		if err != nil || was.Status != task.Failed || was.RetriedAs != next.Group.Children[i] {
			t.Errorf("%+v, %v", was, err)
		}
		child, err := r.Get(ctx, workertest.Me, next.Group.Children[i])
		if err != nil || child.RetryOf != old || *child.Cost.Quoted != *was.Cost.Quoted {
			t.Errorf("%+v, %v", child, err)
		}
	}
	old, err := r.Get(ctx, workertest.Me, v.TaskID)
	if err != nil || old.Status != task.Failed || old.RetriedAs != next.TaskID {
		t.Errorf("%+v, %v", old, err)
	}
	r.waitDone(next.TaskID)
	if n := r.vendor.Purchases.Load(); n != 6 {
		t.Errorf("%d purchases, want three and three", n)
	}
	row, err := r.Ledger.Task(ctx, next.TaskID)
	if err != nil || row.Children != 2 || !strings.Contains(string(row.Input), `"n":2`) || row.Quoted.Amount()*3 != *v.Cost.Quoted*2 {
		t.Errorf("%+v, %v", row, err)
	}
	for _, id := range next.Group.Children[:1] { // one of the two alone
		if _, err := r.Retry(ctx, workertest.Me, id); err != nil {
			t.Fatal(err)
		}
	}
	if last, err := r.Retry(ctx, workertest.Me, next.TaskID); err != nil || last.Group != nil || last.RetryOf != next.Group.Children[1] {
		t.Errorf("the only one left: %+v, %v", last, err)
	}
}

// A second retry returns the same new task even if no vendor key is usable by
// then: a caller who lost the first answer still gets the task id.
func TestRetryAgainWithoutKeys(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := start(t)
	v, _, err := r.ask(`{"prompt":"drop"}`)
	if err != nil {
		t.Fatal(err)
	}
	r.waitDone(v.TaskID)
	next, err := r.Retry(ctx, workertest.Me, v.TaskID)
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.Ledger.VendorAccounts(ctx)
	r.Must(err)
	for _, p := range list {
		r.Must(r.Ledger.Park(ctx, task.ParkedKey{Vendor: p.Vendor, Fingerprint: p.Fingerprint, Code: "vendor_no_balance", Reason: "empty", Until: time.Now().Add(time.Hour)}))
	}
	if again, err := r.Retry(ctx, workertest.Me, v.TaskID); err != nil || again.TaskID != next.TaskID {
		t.Errorf("%v, %+v, want %s", err, again, next.TaskID)
	}
}

// The results of a task that another route made in one submission are retried as a
// group, in as many submissions as the route of today needs. The seeds differ.
func TestRetryOverAnotherRoute(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := start(t)
	fresh := func(id, input string) *task.Task {
		return &task.Task{
			ID: task.NewID(time.Now()), Kind: "gallery.draw", Module: "gallery", Operation: "draw", Media: module.Image, Model: "brush-2",
			Account: task.Account{Vendor: "painter"}, Input: json.RawMessage(input), InputHash: id, Owner: workertest.Me.Name, Deadline: time.Now().Add(time.Hour),
		}
	}
	one := fresh("one", `{"prompt":"drop","n":3,"seed":7}`)
	group := fresh("group", `{"prompt":"drop","n":4}`)
	group.Group, group.Children, group.RunAt = true, 2, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	pair, single := fresh("", `{"prompt":"drop","n":3}`), fresh("", `{"prompt":"drop","n":1}`)
	pair.Parent, single.Parent, single.Index = group.ID, group.ID, 1
	for _, list := range [][]*task.Task{{one}, {group, pair, single}} {
		if _, _, err := r.Ledger.Accept(ctx, task.AcceptRequest{Tasks: list}); err != nil {
			t.Fatal(err)
		}
		r.waitDone(list[0].ID)
	}
	before := r.vendor.Purchases.Load()
	for old, n := range map[*task.Task]int{one: 3, group: 4} {
		next, err := r.Retry(ctx, workertest.Me, old.ID)
		if err != nil || next.Group == nil || len(next.Group.Children) != n || next.RetryOf != old.ID {
			t.Fatalf("%+v, %v", next, err)
		}
		if again, err := r.Retry(ctx, workertest.Me, old.ID); err != nil || again.TaskID != next.TaskID {
			t.Errorf("a second retry: %+v, %v", again, err)
		}
		r.waitDone(next.TaskID)
		for i, id := range next.Group.Children {
			row, err := r.Ledger.Task(ctx, id)
			if err != nil || !strings.Contains(string(row.Input), `"n":1`) || old == one && !strings.Contains(string(row.Input), fmt.Sprintf(`"seed":%d`, 7+i)) {
				t.Errorf("child %d: %s, %v", i, row.Input, err)
			}
		}
	}
	if n := r.vendor.Purchases.Load() - before; n != 7 {
		t.Errorf("%d purchases, want three and four", n)
	}
	for _, id := range []string{pair.ID, single.ID} {
		if row, err := r.Ledger.Task(ctx, id); err != nil || row.State != task.Failed || row.RetriedAs == "" {
			t.Errorf("%+v, %v", row, err)
		}
	}
}
