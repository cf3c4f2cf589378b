package ledgertest

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// held rows spare a read and nothing else: what happened to the row meanwhile
// counts as if it had been read, and what comes back is what is stored.
func held(p *proof) {
	answered := func(t *task.Task) task.Transition {
		return task.Transition{ID: t.ID, SubmitID: t.SubmitID, Held: t, From: []task.State{task.Submitting, task.InDoubt}, To: task.Storing, Cause: task.Answered,
			Edit: func(row *task.Task) error {
				row.Charged, row.LeaseOwner, row.LeaseUntil = fault.ChargedYes, t.LeaseOwner, t.LeaseUntil
				return nil
			}}
	}
	none := func(*task.Task) error { return nil }
	for name, c := range map[string]struct {
		start     task.State
		meanwhile func(t *task.Task) error
		change    func(t *task.Task) task.Transition
		stale     bool
	}{
		"nothing happened":   {task.Submitting, none, answered, false},
		"its lease was kept": {task.Submitting, func(t *task.Task) error { return p.l.Renew(ctx, "me", time.Hour, []string{t.ID}) }, answered, false},
		"it was given up and answers late": {task.Submitting, func(t *task.Task) error {
			_, err := p.apply(t, task.InDoubt, task.Doubt, charged(fault.ChargedUnknown))
			return err
		}, answered, false},
		"it was answered already": {task.Submitting, func(t *task.Task) error {
			_, err := p.l.Apply(ctx, answered(t))
			return err
		}, answered, true},
		"it was told that nobody wants it": {task.Running, func(t *task.Task) error {
			_, err := p.l.RequestCancel(ctx, t.ID)
			return err
		}, func(t *task.Task) task.Transition {
			return task.Transition{ID: t.ID, Held: t, To: task.Storing, Cause: task.Finished, Edit: func(row *task.Task) error { row.Charged = fault.ChargedYes; return nil }}
		}, false},
	} {
		t := p.reach(c.start)
		before := *t
		p.must(c.meanwhile(t))
		got, err := p.l.Apply(ctx, c.change(t))
		if !reflect.DeepEqual(*t, before) {
			p.Errorf("%s: the held row was changed", name)
		}
		if c.stale {
			if !errors.Is(err, task.ErrStale) {
				p.Errorf("%s: %v", name, err)
			}
			continue
		}
		p.must(err)
		stored, err := p.l.Task(ctx, t.ID)
		p.must(err)
		if c.start == task.Running {
			if !stored.CancelRequested {
				p.Errorf("%s: the wish is gone", name)
			}
			got.CancelRequested = true // of this alone a held row may know less
		}
		if !reflect.DeepEqual(got, stored) {
			p.Errorf("%s: it returned\n%+v\nand stored\n%+v", name, got, stored)
		}
		events, err := p.l.Events(ctx, t.ID, 0)
		p.must(err)
		if last := events[len(events)-1]; last.Seq != stored.Version || int64(len(events)) != stored.Version {
			p.Errorf("%s: %d events, the last of version %d, for version %d", name, len(events), last.Seq, stored.Version)
		}
	}
}

// awaits lets a move wait for what it rests on: nobody sees it before, and if
// that fails, there was no move. That holds whether it is to be durable by itself
// or not.
func awaits(p *proof) {
	for i, fail := range []error{nil, errors.New("the disk is gone"), nil, errors.New("the disk is gone")} {
		rests := i > 1
		t := p.claimed()
		a := &task.Asset{ID: task.NewID(time.Now()), Task: t.ID, Role: task.Result, Object: "ai_generated/" + t.ID, Owner: "me", Created: time.Now()}
		waited := 0
		_, err := p.l.Apply(ctx,
			task.Transition{ID: t.ID, Held: t, Rests: rests, To: task.Storing, Cause: task.Answered, Edit: func(row *task.Task) error { row.Charged = fault.ChargedYes; return nil },
				Await: func() error {
					waited++
					if now, err := p.l.Task(ctx, t.ID); err != nil || now.State != task.Submitting {
						return fmt.Errorf("the move can be seen: %s, %w", now.State, err)
					}
					return fail
				}},
			task.Transition{ID: t.ID, Rests: rests, To: task.Succeeded, Cause: task.Stored, Assets: []*task.Asset{a}})
		if waited != 1 || (fail == nil) != (err == nil) || fail != nil && !errors.Is(err, fail) {
			p.Errorf("waited %d times, %v", waited, err)
		}
		p.must(p.l.Settle(ctx))
		now, err := p.l.Task(ctx, t.ID)
		p.must(err)
		list, err := p.l.Assets(ctx, []string{t.ID})
		p.must(err)
		events, err := p.l.Events(ctx, t.ID, t.Version)
		p.must(err)
		if fail == nil && (now.State != task.Succeeded || len(list) != 1 || len(events) != 2) ||
			fail != nil && (now.State != task.Submitting || now.Version != t.Version || len(list) != 0 || len(events) != 0) {
			p.Errorf("rests %t, with %v: %s of version %d, %d assets, %d events", rests, fail, now.State, now.Version, len(list), len(events))
		}
	}
}
