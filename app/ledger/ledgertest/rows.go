package ledgertest

import (
	"encoding/json"
	"reflect"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/task"
)

func rows(p *suite) {
	seed, now := int64(7), time.Now().Truncate(time.Millisecond)
	in := Fresh("me")
	in.Tags, in.Sandbox, in.Callback, in.Warnings = []string{"a", "b"}, true, "https://example.com", []string{"careful"}
	in.Quoted = provider.USD(0.04)
	p.accept(in)
	_, err := p.claim(in.ID, "s1")
	p.must(err)
	_, err = p.l.Apply(ctx, task.Transition{ID: in.ID, SubmitID: "s1", From: []task.State{task.Submitting}, To: task.Storing, Cause: task.ResultReceived, Edit: func(t *task.Task) error {
		t.Ticket = &provider.Ticket{ID: "job", Cost: provider.USD(1)}
		t.Answer = &provider.Answer{Results: []provider.Result{{Base64: "blob-0", Seed: &seed}}}
		t.Error = &task.Error{Code: "c", Message: "m", Kind: fault.Internal, Retryable: true}
		t.Usage, t.Progress, t.Message, t.Charged, t.Actual = json.RawMessage(`{"a":1}`), 0.5, "half", fault.ChargedYes, provider.USD(2)
		t.RunAt, t.Deadline, t.LeaseOwner, t.LeaseUntil = now, now.Add(time.Hour), "me", now.Add(time.Hour)
		return nil
	}})
	p.must(err)
	got, err := p.l.Task(ctx, in.ID)
	p.must(err)
	if got.Ticket.ID != "job" || *got.Answer.Results[0].Seed != 7 || got.Error.Code != "c" || got.Progress != 0.5 || got.Actual.Micros != 2_000_000 ||
		got.Quoted.Micros != 40_000 || !got.Sandbox || got.Callback != in.Callback || !reflect.DeepEqual(got.Tags, in.Tags) || !reflect.DeepEqual(got.Warnings, in.Warnings) ||
		!got.RunAt.Equal(now) || !got.Deadline.Equal(now.Add(time.Hour)) || got.Attempts != 1 || got.SubmitID != "s1" || got.Spool != "spool" || got.Account != account ||
		got.Version < 3 || got.Submitted.IsZero() || got.Owner != "me" || string(got.Usage) != `{"a":1}` {
		p.Errorf("%+v", got)
	}
	_, err = p.l.Task(ctx, "no such id")
	p.wantKind(err, fault.NotFound)
	byTicket, err := p.l.ByTicket(ctx, "toy", "job")
	if p.must(err); byTicket.ID != in.ID {
		p.Error("ByTicket returned another task")
	}
	events, err := p.l.Events(ctx, in.ID, 0)
	p.must(err)
	if len(events) != 3 || events[0].Cause != task.Accept || events[1].Cause != task.Claim || events[2].To != task.Storing || events[2].Seq <= events[1].Seq {
		p.Errorf("%+v", events)
	}
	if later, err := p.l.Events(ctx, in.ID, events[1].Seq); err != nil || len(later) != 1 {
		p.Errorf("%d events after the second, %v", len(later), err)
	}
}

// oddTexts: a caller's text may have NUL or be no UTF-8; it is stored and found again, as
// far as the database can.
func oddTexts(p *suite) {
	for _, text := range []string{"a\x00b", "a\xffb", "\x00", "ü\u2028"} {
		next := Fresh("me")
		next.Tags, next.Message, next.Callback = []string{text}, text, text
		a := task.AcceptRequest{Tasks: []*task.Task{next}, Key: task.IdempotencyKey{Owner: "me", Key: text, Keep: time.Hour}}
		_, _, err := p.l.Accept(ctx, a)
		p.must(err)
		again := Fresh("me")
		a.Tasks = []*task.Task{again}
		if got, replayed, err := p.l.Accept(ctx, a); err != nil || !replayed || got.ID != next.ID {
			p.Errorf("%q: the key does not find its task: %v", text, err)
		}
		if list, err := p.l.List(ctx, task.Query{Tag: text, Limit: 10}); err != nil || len(list) != 1 {
			p.Errorf("%q: %d tasks with the tag, %v", text, len(list), err)
		}
		_, err = p.l.AssetByObject(ctx, text)
		p.wantKind(err, fault.NotFound)
	}
}
