package ledgertest

import (
	"errors"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

func keptAnswers(p *suite) {
	t := p.claimed()
	kept := task.KeptAnswer{Task: t.ID, SubmitID: "s1", Object: "answers/" + t.ID + "/s1", Name: "answer.json", Size: 7, SHA256: "x"}
	stale := task.Transition{ID: t.ID, From: []task.State{task.Storing}, To: task.Failed, Cause: task.ResultLost, Kept: &kept}
	if _, err := p.l.Apply(ctx, stale); !errors.Is(err, task.ErrStale) {
		p.Errorf("a stale transition: %v", err)
	}
	if list, err := p.l.Answers(ctx, []string{t.ID}); err != nil || len(list) != 0 {
		p.Errorf("after a refused transition: %+v %v", list, err)
	}
	_, err := p.l.Apply(ctx, task.Transition{ID: t.ID, From: []task.State{task.Submitting}, To: task.InDoubt, Cause: task.OutcomeUnknown, Kept: &kept,
		Edit: func(row *task.Task) error { row.Charged = fault.ChargedUnknown; return nil }})
	p.must(err)
	p.must(p.l.KeepAnswer(ctx, kept)) // replayed
	second := kept
	second.Object, second.Size = kept.Object+"-2", 5
	p.must(p.l.KeepAnswer(ctx, second))
	list, err := p.l.Answers(ctx, []string{t.ID, "none"})
	p.must(err)
	if len(list) != 2 || list[0].Object != second.Object {
		p.Fatalf("%+v", list)
	}
	if got := list[1]; got.Created.IsZero() || got.Task != t.ID || got.SubmitID != "s1" || got.Name != "answer.json" || got.Size != 7 || got.SHA256 != "x" {
		p.Errorf("%+v", got)
	}
	if n, err := p.l.AnswerTotals(ctx); err != nil || n != (task.KeptTotals{Count: 2, Bytes: 12}) {
		p.Errorf("%+v %v", n, err)
	}
	if list, err := p.l.ExpiredAnswers(ctx, time.Hour, 10); err != nil || len(list) != 0 {
		p.Errorf("older than an hour: %+v %v", list, err)
	}
	if list, err := p.l.ExpiredAnswers(ctx, -time.Hour, 10); err != nil || len(list) != 2 {
		p.Errorf("all: %+v %v", list, err)
	}
	p.must(p.l.DropAnswer(ctx, kept.Object))
	p.must(p.l.DropAnswer(ctx, kept.Object))
	if n, err := p.l.AnswerTotals(ctx); err != nil || n != (task.KeptTotals{Count: 1, Bytes: 5}) {
		p.Errorf("after one was dropped: %+v %v", n, err)
	}
}
