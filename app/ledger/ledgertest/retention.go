package ledgertest

import (
	"slices"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// result adds a result to a task.
func (p *suite) result(t *task.Task) (id string) {
	p.Helper()
	id = task.NewID(time.Now())
	p.must(p.l.AddAsset(ctx, &task.Asset{ID: id, Task: t.ID, Role: task.Result, Object: "ai_generated/" + id, MIME: "image/png", Owner: "me", Created: time.Now()}))
	return id
}

// through calls a sweep that works through tasks until it has seen all, two at a time.
func (p *suite) through(sweep func(after string, limit int) (string, error)) {
	p.Helper()
	for after, rounds := "", 0; ; rounds++ {
		next, err := sweep(after, 2)
		p.must(err)
		if after = next; after == "" {
			return
		}
		if rounds > 100 {
			p.Fatal("the sweep does not end")
		}
	}
}

func (p *suite) removeResults(age time.Duration) {
	p.Helper()
	p.through(func(after string, limit int) (string, error) { return p.l.RemoveResults(ctx, age, after, limit) })
}

func sweptEvents(p *suite) {
	states := map[task.State]*task.Task{}
	for _, s := range task.States {
		states[s] = p.inState(s)
	}
	count := func(s task.State) int {
		p.Helper()
		list, err := p.l.Events(ctx, states[s].ID, 0)
		p.must(err)
		return len(list)
	}
	sweep := func(age time.Duration) {
		p.Helper()
		p.through(func(after string, limit int) (string, error) { return p.l.SweepEvents(ctx, age, after, limit) })
	}
	sweep(time.Hour)
	for _, s := range task.States {
		if count(s) == 0 {
			p.Errorf("%s: none is an hour old, and its events are gone", s)
		}
	}
	sweep(-time.Second)
	for _, s := range task.States {
		if n := count(s); (n == 0) != s.Terminal() {
			p.Errorf("%s: %d events are left", s, n)
		}
		if t, err := p.l.Task(ctx, states[s].ID); err != nil || t.State != s || t.Version != states[s].Version {
			p.Errorf("%s: %+v %v", s, t, err)
		}
	}
	late, err := p.apply(states[task.Failed], task.Storing, task.ResultReceived, charged(fault.ChargedYes)) // a late answer of a discarded task
	if p.must(err); late.State != task.Storing {
		p.Errorf("the late answer: %s", late.State)
	}
}

func removedResults(p *suite) {
	const old = -time.Second
	states, results := map[task.State]*task.Task{}, map[task.State]string{}
	for _, s := range task.States {
		states[s] = p.inState(s)
		results[s] = p.result(states[s])
	}
	p.must(p.l.KeepAnswer(ctx, task.KeptAnswer{Task: states[task.Failed].ID, SubmitID: "s1", Object: "answers/failed", Name: "a"}))
	p.must(p.l.KeepAnswer(ctx, task.KeptAnswer{Task: states[task.InDoubt].ID, SubmitID: "s1", Object: "answers/doubt", Name: "a"}))
	used := p.inState(task.Succeeded)
	usedResult := p.result(used)
	user := p.using(usedResult)

	p.removeResults(time.Hour)
	if list, err := p.l.Swept(ctx, 100); err != nil || len(list) != 0 {
		p.Errorf("none is an hour old: %d %v", len(list), err)
	}
	p.removeResults(old)
	for _, s := range task.States {
		_, err := p.l.Asset(ctx, results[s])
		if gone := fault.KindOf(err) == fault.NotFound; gone != s.Terminal() {
			p.Errorf("%s: its result: %v", s, err)
		}
		t, err := p.l.Task(ctx, states[s].ID)
		if p.must(err); t.Removed.IsZero() == s.Terminal() || t.State != s {
			p.Errorf("%s, removed %s", t.State, t.Removed)
		}
	}
	if _, err := p.l.Asset(ctx, usedResult); err != nil {
		p.Errorf("a task that is queued uses it: %v", err)
	}
	list, err := p.l.ExpiredAnswers(ctx, 0, 10)
	if p.must(err); len(list) != 1 || list[0].Object != "answers/failed" || !list[0].Created.IsZero() {
		p.Errorf("marked answers: %+v", list)
	}
	var swept []string
	marked, err := p.l.Swept(ctx, 100)
	p.must(err)
	for _, a := range marked {
		swept = append(swept, a.ID)
		p.wantKind(p.l.SetThumbnail(ctx, a.ID, "thumb"), fault.NotFound)
		if begun, err := p.l.BeginThumbnail(ctx, a.ID); begun || err != nil {
			p.Errorf("a thumbnail of a removed result is begun: %v", err)
		}
	}
	want := []string{results[task.Succeeded], results[task.Failed], results[task.Canceled]}
	slices.Sort(want)
	if slices.Sort(swept); !slices.Equal(swept, want) {
		p.Errorf("marked %v, want %v", swept, want)
	}
	if list, err := p.l.Assets(ctx, []string{states[task.Succeeded].ID}); err != nil || len(list) != 0 {
		p.Errorf("%d results of a task whose results are marked, %v", len(list), err)
	}
	_, _, err = p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{Fresh("me")}, Inputs: []string{results[task.Succeeded]}})
	p.wantKind(err, fault.Invalid)
	for _, id := range append(swept, usedResult) {
		p.must(p.l.DropSwept(ctx, id))
	}
	_, err = p.apply(user, task.Canceled, task.Cancel, nil)
	p.must(err)
	p.removeResults(old)
	marked, err = p.l.Swept(ctx, 100)
	if p.must(err); len(marked) != 1 || marked[0].ID != usedResult {
		p.Errorf("after the task that used it ended: %+v", marked)
	}
}

// removedGroups: a group and its children lose their results together, and not while one
// of them is in doubt.
func removedGroups(p *suite) {
	group := Fresh("me")
	group.Group, group.State, group.Children = true, task.Running, 2
	a, b := Fresh("me"), Fresh("me")
	a.Parent, b.Parent, b.Index = group.ID, group.ID, 1
	_, _, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{group, a, b}})
	p.must(err)
	a, err = p.claim(a.ID, "s1")
	p.must(err)
	a, err = p.apply(a, task.Storing, task.ResultReceived, charged(fault.ChargedYes))
	p.must(err)
	a, err = p.apply(a, task.Succeeded, task.ObjectsStored, nil)
	p.must(err)
	b, err = p.claim(b.ID, "s2")
	p.must(err)
	b, err = p.apply(b, task.InDoubt, task.OutcomeUnknown, charged(fault.ChargedUnknown))
	p.must(err)
	id := p.result(a)
	p.removeResults(-time.Second)
	if _, err := p.l.Asset(ctx, id); err != nil {
		p.Errorf("with a child in doubt: %v", err)
	}
	_, err = p.apply(b, task.Failed, task.Discard, nil)
	p.must(err)
	p.removeResults(-time.Second)
	_, err = p.l.Asset(ctx, id)
	p.wantKind(err, fault.NotFound)
	for _, one := range []string{group.ID, a.ID, b.ID} {
		if t, err := p.l.Task(ctx, one); err != nil || t.Removed.IsZero() {
			p.Errorf("%+v %v", t, err)
		}
	}
}

// removedLate: a late answer to a discarded task gives it a result after the kept answer
// of the task was removed.
func removedLate(p *suite) {
	t := p.inState(task.Failed)
	kept := task.KeptAnswer{Task: t.ID, SubmitID: t.SubmitID, Object: "answers/late", Name: "a", SHA256: "x"}
	p.must(p.l.KeepAnswer(ctx, kept))
	p.removeResults(-time.Second)
	if t, _ = p.l.Task(ctx, t.ID); t.Removed.IsZero() {
		t.Removed = time.Now()
		p.Error("it is not removed")
	}
	t, err := p.apply(t, task.Storing, task.ResultReceived, charged(fault.ChargedYes))
	if p.must(err); !t.Removed.IsZero() {
		p.Errorf("removed %s, and it is %s", t.Removed, t.State)
	}
	p.must(p.l.KeepAnswer(ctx, kept)) // the same bytes again: they must not be deleted
	if list, err := p.l.ExpiredAnswers(ctx, 0, 10); err != nil || len(list) != 0 {
		p.Errorf("%+v %v", list, err)
	}
}

func oneSweeper(p *suite) {
	for i, c := range []struct {
		do    func() error
		owner string
		want  bool
	}{
		{func() error { return p.l.StartProcess(ctx, task.Process{ID: "a", Role: "worker", Spool: "a"}) }, "a", true},
		{func() error { return p.l.Heartbeat(ctx, task.Process{ID: "b", Role: "worker", Spool: "b"}) }, "b", false},
		{func() error { return nil }, "a", true},
		{func() error { return p.l.EndProcess(ctx, "a") }, "b", true},
	} {
		p.must(c.do())
		if got, err := p.l.ClaimSweep(ctx, c.owner); err != nil || got != c.want {
			p.Errorf("%d: %s sweeps: %t %v", i, c.owner, got, err)
		}
	}
}

func sweptRows(p *suite) {
	for _, key := range []string{"a", "b", "c"} {
		_, _, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{Fresh("me")}, Key: task.IdempotencyKey{Key: key, Keep: -time.Second}})
		p.must(err)
	}
	stays := Fresh("me")
	_, _, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{stays}, Key: task.IdempotencyKey{Key: "d", Keep: time.Hour}})
	p.must(err)
	p.must(p.l.Announce(ctx, "w", []task.VendorAccount{{Account: account}}))
	for rounds := 0; ; rounds++ {
		more, err := p.l.SweepRows(ctx, 2)
		p.must(err)
		if !more {
			break
		}
		if rounds > 10 {
			p.Fatal("the sweep does not end")
		}
	}
	found, err := p.l.FindDuplicate(ctx, task.Repetition{InputHash: "hash", Key: task.IdempotencyKey{Owner: "me", Key: "d"}})
	if p.must(err); found == nil || found.ID != stays.ID {
		p.Errorf("a key that has not expired: %+v", found)
	}
	if list, err := p.l.VendorAccounts(ctx); err != nil || len(list) != 1 {
		p.Errorf("announced accounts: %+v %v", list, err)
	}
}
