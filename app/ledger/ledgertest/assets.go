package ledgertest

import (
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

func assets(p *suite) {
	seed := int64(5)
	t := p.inState(task.Storing)
	a := &task.Asset{ID: task.NewID(time.Now()), Task: t.ID, Role: task.Result, Object: "ai_generated/a.png", MIME: "image/png", Width: 2, Height: 3,
		Duration: 4 * time.Second, Size: 5, SHA256: "x", Owner: "me", Sandbox: true, Prompt: "p", Seed: &seed, Created: time.Now()}
	_, err := p.l.Apply(ctx, task.Transition{ID: t.ID, From: []task.State{task.Storing}, To: task.Succeeded, Cause: task.ObjectsStored, Assets: []*task.Asset{a}})
	p.must(err)
	got, err := p.l.Asset(ctx, a.ID)
	p.must(err)
	if got.Object != a.Object || got.Duration != a.Duration || *got.Seed != 5 || got.Width != 2 || !got.Sandbox || got.Role != task.Result {
		p.Errorf("%+v", got)
	}
	if got, err = p.l.AssetByObject(ctx, a.Object); err != nil || got.ID != a.ID {
		p.Errorf("%+v %v", got, err)
	}
	if list, err := p.l.WithoutThumbnail(ctx, 10); err != nil || len(list) != 1 {
		p.Errorf("%d without a thumbnail, %v", len(list), err)
	}
	for _, want := range []bool{true, false} {
		if begun, err := p.l.BeginThumbnail(ctx, a.ID); err != nil || begun != want {
			p.Errorf("begun %t, %v", begun, err)
		}
		if list, err := p.l.WithoutThumbnail(ctx, 10); err != nil || len(list) != 0 {
			p.Errorf("%d without a thumbnail after one was begun, %v", len(list), err)
		}
	}
	p.must(p.l.SetThumbnail(ctx, a.ID, ""))
	if begun, err := p.l.BeginThumbnail(ctx, a.ID); err != nil || !begun {
		p.Errorf("begun %t after it was given back, %v", begun, err)
	}
	p.must(p.l.SetThumbnail(ctx, a.ID, "thumb.jpg"))
	if list, err := p.l.Assets(ctx, []string{t.ID}); err != nil || len(list) != 1 || list[0].Thumb != "thumb.jpg" {
		p.Errorf("%+v %v", list, err)
	}
	_, err = p.l.Asset(ctx, "none")
	p.wantKind(err, fault.NotFound)
}
