package ledgertest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// unmarked joins as a request does that no client has marked as a retry.
var unmarked = task.Join{Unanswered: 10 * time.Minute, OpenFor: 3 * time.Second}

// marked joins as the retry of an SDK does.
var marked = task.Join{Unanswered: 10 * time.Minute, Any: 10 * time.Minute}

// joinSuite makes calls of one owner; owner and input change from case to case.
type joinSuite struct {
	*suite
	owner, hash string
	calls       int
}

// call begins ago.
func (j *joinSuite) call(ago time.Duration) task.Call {
	j.calls++
	return task.Call{ID: fmt.Sprint("call-", j.calls), Waiter: "w1", Begun: time.Now().Add(-ago)}
}

func (j *joinSuite) fresh() *task.Task {
	t := Fresh(j.owner)
	t.InputHash = j.hash
	return t
}

// ask accepts a request; joined is the id of the task that it joined, else empty.
func (j *joinSuite) ask(c task.Call, rule task.Join) (t *task.Task, joined string) {
	j.Helper()
	next := j.fresh()
	t, repeated, err := j.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{next}, Join: rule, Call: c})
	if j.must(err); repeated != (t.ID != next.ID) {
		j.Fatalf("repeated %t, task %s for %s", repeated, t.ID, next.ID)
	}
	if repeated {
		joined = t.ID
	}
	return t, joined
}

func (j *joinSuite) buy(ago time.Duration) (*task.Task, task.Call) {
	j.Helper()
	c := j.call(ago)
	t, _ := j.ask(c, task.Join{})
	return t, c
}

func (j *joinSuite) end(t *task.Task, c task.Call, how task.CallEnd) {
	j.Helper()
	j.must(j.l.EndCall(ctx, t.ID, c.ID, how))
}

// fail ends a task that is still queued.
func (j *joinSuite) fail(t *task.Task, charge fault.Charge) {
	j.Helper()
	row, err := j.claim(t.ID, task.RandomHex(4))
	j.must(err)
	_, err = j.apply(row, task.Failed, task.Refused, charged(charge))
	j.must(err)
}

// endCalls does what a ledger does after the death of the process that held all calls.
func (j *joinSuite) endCalls() {
	j.Helper()
	j.must(j.l.EndProcess(ctx, "w1"))
}

// joining: which task an equal request joins. Each case says whether the request, which
// began now, joins the task that was bought first.
func joining(p *suite) {
	cases := map[string]struct {
		rule  task.Join
		setup func(*joinSuite)
		joins bool
	}{
		"open for 3 s":             {unmarked, func(j *joinSuite) { j.buy(3100 * time.Millisecond) }, true},
		"open for less":            {unmarked, func(j *joinSuite) { j.buy(2 * time.Second) }, false},
		"open, a marked retry":     {marked, func(j *joinSuite) { j.buy(0) }, true},
		"open, a key":              {task.Join{}, func(j *joinSuite) { j.buy(time.Minute) }, false},
		"its caller has left":      {unmarked, func(j *joinSuite) { t, c := j.buy(0); j.end(t, c, task.CallUnanswered) }, true},
		"its caller was answered":  {unmarked, func(j *joinSuite) { t, c := j.buy(time.Minute); j.end(t, c, task.CallAnswered) }, false},
		"answered, a marked retry": {marked, func(j *joinSuite) { t, c := j.buy(time.Minute); j.end(t, c, task.CallAnswered) }, true},
		"answered, then the end comes late": {unmarked, func(j *joinSuite) {
			t, c := j.buy(time.Minute)
			j.end(t, c, task.CallAnswered)
			j.end(t, c, task.CallUnanswered)
		}, false},
		"the second of two was answered": {unmarked, func(j *joinSuite) {
			t, c := j.buy(time.Minute)
			j.end(t, c, task.CallUnanswered)
			again := j.call(0)
			j.ask(again, unmarked)
			j.end(t, again, task.CallAnswered)
		}, false},
		"both have left": {unmarked, func(j *joinSuite) {
			t, c := j.buy(time.Minute)
			j.end(t, c, task.CallUnanswered)
			again := j.call(0)
			j.ask(again, unmarked)
			j.end(t, again, task.CallUnanswered)
		}, true},
		"a reader was answered": {unmarked, func(j *joinSuite) {
			t, c := j.buy(time.Minute)
			j.end(t, c, task.CallUnanswered)
			reader := j.call(0)
			j.must(j.l.Answering(ctx, t.ID, reader))
			j.end(t, reader, task.CallAnswered)
		}, false},
		"a reader has left": {unmarked, func(j *joinSuite) {
			t, _ := j.buy(time.Second)
			reader := j.call(0)
			j.must(j.l.Answering(ctx, t.ID, reader))
			j.end(t, reader, task.CallIgnored)
		}, false},
		"its process has died": {unmarked, func(j *joinSuite) { j.buy(0); j.endCalls() }, true},
		"its process has died while it answered": {unmarked, func(j *joinSuite) {
			t, c := j.buy(0)
			j.must(j.l.Answering(ctx, t.ID, c))
			j.endCalls()
		}, true},
		"confirmed": {unmarked, func(j *joinSuite) {
			t, c := j.buy(time.Minute)
			j.must(j.l.Answering(ctx, t.ID, c))
			again := j.call(0)
			j.must(j.l.Answering(ctx, t.ID, again))
			j.must(j.l.ConfirmAnswer(ctx, t.ID))
		}, false},
		"confirmed too early": {unmarked, func(j *joinSuite) { t, _ := j.buy(time.Minute); j.must(j.l.ConfirmAnswer(ctx, t.ID)) }, true},
		"not recorded":        {unmarked, func(j *joinSuite) { j.accept(j.fresh()) }, false},
		"canceled": {unmarked, func(j *joinSuite) {
			t, c := j.buy(0)
			j.end(t, c, task.CallUnanswered)
			_, err := j.apply(t, task.Canceled, task.Cancel, nil)
			j.must(err)
		}, false},
		"failed, not charged":             {unmarked, func(j *joinSuite) { t, c := j.buy(0); j.end(t, c, task.CallUnanswered); j.fail(t, fault.ChargedNo) }, false},
		"failed, charged":                 {unmarked, func(j *joinSuite) { t, c := j.buy(0); j.end(t, c, task.CallUnanswered); j.fail(t, fault.ChargedYes) }, true},
		"failed, charged, a marked retry": {marked, func(j *joinSuite) { t, c := j.buy(0); j.end(t, c, task.CallUnanswered); j.fail(t, fault.ChargedYes) }, true},
		"in doubt": {unmarked, func(j *joinSuite) {
			t, c := j.buy(0)
			j.end(t, c, task.CallUnanswered)
			row, err := j.claim(t.ID, "s1")
			j.must(err)
			_, err = j.apply(row, task.InDoubt, task.OutcomeUnknown, nil)
			j.must(err)
		}, true},
		"another owner's": {unmarked, func(j *joinSuite) {
			t, c := j.buy(time.Minute)
			j.end(t, c, task.CallUnanswered)
			j.owner = "you of " + j.owner
		}, false},
		"another input": {unmarked, func(j *joinSuite) {
			t, c := j.buy(time.Minute)
			j.end(t, c, task.CallUnanswered)
			j.hash = "another"
		}, false},
		"too old": {task.Join{Unanswered: time.Nanosecond, OpenFor: 3 * time.Second}, func(j *joinSuite) {
			t, c := j.buy(0)
			j.end(t, c, task.CallUnanswered)
			for time.Now().UnixMilli() <= t.Created.UnixMilli() { // the ledger's clock has milliseconds
				runtime.Gosched()
			}
		}, false},
	}
	for name, c := range cases {
		p.Run(name, func(t *testing.T) {
			j := &joinSuite{suite: &suite{T: t, l: p.l}, owner: name, hash: "hash"}
			c.setup(j)
			if _, joined := j.ask(j.call(0), c.rule); (joined != "") != c.joins {
				t.Errorf("joined %q, want a join: %t", joined, c.joins)
			}
		})
	}
}

// joiningSeveral: two equal purchases whose callers have left are joined by one of the
// two repeated calls each, in either order of their ends; a third joins one of them.
func joiningSeveral(p *suite) {
	j := &joinSuite{suite: p, owner: "me", hash: "hash"}
	a, callA := j.buy(0)
	b, callB := j.buy(0)
	if a.ID == b.ID {
		p.Fatal("equal calls at the same time are one purchase")
	}
	j.end(b, callB, task.CallUnanswered)
	j.end(a, callA, task.CallUnanswered)
	again, other := j.call(0), j.call(0)
	_, first := j.ask(again, unmarked)
	_, second := j.ask(other, unmarked)
	if first == second || first == "" || second == "" {
		p.Errorf("the repeated calls joined %q and %q", first, second)
	}
	if _, third := j.ask(j.call(0), unmarked); third == "" {
		p.Error("nothing was answered, and a further call bought again")
	}
	j.must(j.l.EndCall(ctx, first, again.ID, task.CallAnswered))
	if _, joined := j.ask(j.call(0), unmarked); joined != second {
		p.Errorf("joined %q, want %q, which is not answered", joined, second)
	}
	j.must(j.l.EndCall(ctx, second, other.ID, task.CallAnswered))
	if _, joined := j.ask(j.call(0), unmarked); joined != "" {
		p.Errorf("joined %q, although both were answered", joined)
	}
}

// joiningAnswering: while the answer is being written, no equal request is told whether
// it joins.
func joiningAnswering(p *suite) {
	j := &joinSuite{suite: p, owner: "me", hash: "hash"}
	t, c := j.buy(time.Minute)
	p.must(p.l.Answering(ctx, t.ID, c))
	q := task.Repetition{InputHash: j.hash, Key: task.IdempotencyKey{Owner: j.owner}, Join: unmarked, Call: j.call(0)}
	_, found := p.l.FindDuplicate(ctx, q)
	_, joined := p.l.JoinDuplicate(ctx, q)
	_, _, accepted := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{j.fresh()}, Join: unmarked, Call: q.Call})
	for name, err := range map[string]error{"FindDuplicate": found, "JoinDuplicate": joined, "Accept": accepted} {
		if !errors.Is(err, task.ErrAnswering) {
			p.Errorf("%s: %v", name, err)
		}
	}
	j.end(t, c, task.CallUnanswered)
	if got, err := p.l.JoinDuplicate(ctx, q); err != nil || got == nil || got.ID != t.ID || !got.Joined {
		p.Errorf("after the write failed: %+v, %v", got, err)
	}
	j.end(t, q.Call, task.CallAnswered)
	if got, err := p.l.JoinDuplicate(ctx, q); err != nil || got != nil {
		p.Errorf("after an answer: %+v, %v", got, err)
	}
}

// joiningConcurrent: of equal calls at the same time each that is not a repetition is a
// purchase, and all repetitions of one caller that left join its task.
func joiningConcurrent(p *suite) {
	j := &joinSuite{suite: p, owner: "me", hash: "hash"}
	t, c := j.buy(0)
	j.end(t, c, task.CallUnanswered)
	var mu sync.Mutex
	ids := map[string]int{}
	var wg sync.WaitGroup
	for i := range 16 {
		call := task.Call{ID: fmt.Sprint("again-", i), Waiter: "w1", Begun: time.Now()}
		wg.Go(func() {
			got, _, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{j.fresh()}, Join: unmarked, Call: call})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				p.Error(err)
				return
			}
			ids[got.ID]++
		})
	}
	wg.Wait()
	if len(ids) != 1 || ids[t.ID] != 16 {
		p.Errorf("joined %v, want all %s", ids, t.ID)
	}
}

// joiningClient: a client makes purchases with equal input, one after the other, and
// repeats each call until it is answered: when its connection has closed, or 3 s after
// the call if the ledger does not know of that. Whatever happens to the calls, each wish
// is one purchase, and none gets the task of an earlier one.
func joiningClient(p *suite) {
	for seed := range uint64(16) {
		random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // to be repeatable
		j := &joinSuite{suite: p, owner: fmt.Sprint("client ", seed), hash: "hash"}
		clock := time.Now().Add(-9 * time.Minute) // of the client: only differences count
		var history []string
		seen := map[string]bool{}
		for range 8 {
			got, answered := "", false
			for !answered {
				j.calls++
				c := task.Call{ID: fmt.Sprint("call-", j.calls), Waiter: "w1", Begun: clock}
				t, joined := j.ask(c, unmarked)
				if got != "" && t.ID != got || got == "" && (joined != "" || seen[t.ID]) {
					p.Fatalf("seed %d: task %s (joined %q) for a wish that has %q, after %v", seed, t.ID, joined, got, history)
				}
				got, seen[t.ID] = t.ID, true
				step := []string{"left", "unseen", "answering, then left", "killed", "killed while answering", "answered", "confirmed"}[random.IntN(7)]
				history = append(history, step)
				if strings.HasPrefix(step, "answering") || strings.HasSuffix(step, "answering") || step == "answered" || step == "confirmed" {
					j.must(j.l.Answering(ctx, t.ID, c))
				}
				switch step {
				case "left", "answering, then left":
					j.end(t, c, task.CallUnanswered)
				case "unseen":
					clock = clock.Add(3 * time.Second)
				case "answered":
					j.end(t, c, task.CallAnswered)
					answered = true
				case "confirmed":
					j.must(j.l.ConfirmAnswer(ctx, t.ID))
					j.end(t, c, task.CallUnanswered) // the confirmation came first
					answered = true
				default:
					j.endCalls()
				}
				clock = clock.Add(time.Duration(random.IntN(4000)) * time.Millisecond)
			}
		}
		if len(seen) != 8 {
			p.Errorf("seed %d: %d purchases for 8 wishes: %v", seed, len(seen), history)
		}
	}
}

// joiningWithKey: a key is bound to the task that it joins; a request with the key of a
// task finds it before any other.
func joiningWithKey(p *suite) {
	j := &joinSuite{suite: p, owner: "me", hash: "hash"}
	t, c := j.buy(0)
	j.end(t, c, task.CallUnanswered)
	key := task.IdempotencyKey{Owner: "me", Key: "k", Keep: time.Hour}
	got, repeated, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{j.fresh()}, Key: key, Join: unmarked, Call: j.call(0)})
	if p.must(err); !repeated || !got.Joined || got.ID != t.ID {
		p.Errorf("repeated %t, joined %t", repeated, got.Joined)
	}
	j.end(t, c, task.CallAnswered)
	got, repeated, err = p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{j.fresh()}, Key: key, Join: unmarked, Call: j.call(0)})
	if p.must(err); !repeated || got.Joined || got.ID != t.ID {
		p.Errorf("by the key: repeated %t, joined %t, %s", repeated, got.Joined, got.ID)
	}
}
