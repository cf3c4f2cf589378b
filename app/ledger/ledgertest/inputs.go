package ledgertest

import (
	"slices"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// input adds an asset that came with a request.
func (p *suite) input(name string) string {
	p.Helper()
	p.must(p.l.AddAsset(ctx, &task.Asset{ID: name, Role: task.Input, Object: "manual_uploads/" + name, MIME: "image/png", Owner: "me", Created: time.Now().Add(-time.Minute)}))
	return name
}

func (p *suite) using(inputs ...string) *task.Task {
	p.Helper()
	t, _, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{Fresh("me")}, Inputs: inputs})
	p.must(err)
	return t
}

func (p *suite) sweep(age time.Duration) (ids []string) {
	p.Helper()
	_, err := p.l.SweepInputs(ctx, age, 10)
	p.must(err)
	list, err := p.l.Swept(ctx, 10)
	p.must(err)
	for _, a := range list {
		ids = append(ids, a.ID)
	}
	slices.Sort(ids)
	return ids
}

func sweptInputs(p *suite) {
	end := func(t *task.Task, to task.State, cause task.Cause) *task.Task {
		p.Helper()
		row, err := p.apply(t, to, cause, nil)
		p.must(err)
		return row
	}
	fail := func(t *task.Task) *task.Task { return end(t, task.Failed, task.QueueExpired) }

	p.input("unused")
	p.must(p.l.AddAsset(ctx, &task.Asset{ID: "upload", Role: task.Upload, Object: "manual_uploads/upload", Owner: "me", Created: time.Now().Add(-time.Hour)}))
	p.must(p.l.KeepInput(ctx, p.input("kept")))
	p.using(p.input("open"))
	end(p.using(p.input("canceled"), p.input("shared")), task.Canceled, task.Cancel)
	p.using("shared")
	fail(p.using(p.input("failed")))
	retried := fail(p.using(p.input("retried")))
	again := Fresh("me")
	again.RetryOf = retried.ID
	next, _, err := p.l.Retry(ctx, retried.ID, []*task.Task{again})
	p.must(err)

	if got := p.sweep(time.Hour); got != nil {
		p.Errorf("none is an hour old: %v", got)
	}
	if got := p.sweep(time.Second); !slices.Equal(got, []string{"unused"}) {
		p.Errorf("while the last tasks ended a moment ago: %v", got)
	}
	if got := p.sweep(-time.Second); !slices.Equal(got, []string{"canceled", "unused"}) {
		p.Errorf("later: %v", got)
	}
	end(next, task.Canceled, task.Cancel)
	want := []string{"canceled", "retried", "unused"}
	if got := p.sweep(-time.Second); !slices.Equal(got, want) {
		p.Errorf("after the retry ended: %v", got)
	}
	if got := p.sweep(time.Hour); !slices.Equal(got, want) {
		p.Errorf("those that are marked are returned until they are dropped: %v", got)
	}
	_, err = p.l.Asset(ctx, "unused")
	p.wantKind(err, fault.NotFound)
	_, err = p.l.AssetByObject(ctx, "manual_uploads/unused")
	p.wantKind(err, fault.NotFound)
	p.wantKind(p.l.KeepInput(ctx, "unused"), fault.NotFound)
	_, _, err = p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{Fresh("me")}, Inputs: []string{"unused"}})
	p.wantKind(err, fault.Invalid)
	for range 2 {
		for _, id := range append(want, "upload", "shared") {
			p.must(p.l.DropSwept(ctx, id))
		}
	}
	if got := p.sweep(-time.Second); got != nil {
		p.Errorf("dropped ones: %v", got)
	}
	for _, id := range []string{"upload", "kept", "shared", "failed", "open"} {
		if _, err := p.l.Asset(ctx, id); err != nil {
			p.Errorf("%s: %v", id, err)
		}
	}
}

func uploadQuotas(p *suite) {
	quota := task.UploadQuota{Files: 3, Bytes: 100}
	for _, c := range []struct {
		owner        string
		files, bytes int64
		quota        task.UploadQuota
		want         bool
	}{
		{"a", 1, 101, quota, false},
		{"a", 4, 1, quota, false},
		{"a", 2, 60, quota, true},
		{"a", 1, 41, quota, false},
		{"a", 2, 1, quota, false},
		{"b", 1, 1, quota, true},
		{"a", 1, 40, quota, true},
		{"a", 1, 0, quota, false},
		{"a", 7, 500, task.UploadQuota{}, true},
		{"b", 9, 5, task.UploadQuota{Bytes: 10}, true},
	} {
		if got, err := p.l.AddUploads(ctx, c.owner, c.files, c.bytes, c.quota); got != c.want || err != nil {
			p.Errorf("%+v: %t %v", c, got, err)
		}
	}
	want := []task.UploadUse{{Owner: "a", Files: 10, Bytes: 600}, {Owner: "b", Files: 10, Bytes: 6}}
	if got, err := p.l.Uploads(ctx); !slices.Equal(got, want) || err != nil {
		p.Errorf("%+v %v, want %+v", got, err, want)
	}
}

func underway(p *suite) {
	p.accept(Fresh("me"))
	p.claimed()
	running, storing := p.inState(task.Running), p.inState(task.Storing)
	list, err := p.l.Underway(ctx)
	p.must(err)
	var ids []string
	for _, t := range list {
		ids = append(ids, t.ID)
	}
	slices.Sort(ids)
	want := []string{running.ID, storing.ID}
	if slices.Sort(want); !slices.Equal(ids, want) {
		p.Errorf("%v, want %v", ids, want)
	}
}
