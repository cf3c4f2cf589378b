package ledgertest

import (
	"sync"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

func idempotency(p *suite) {
	key := task.IdempotencyKey{Owner: "me", Key: "k", Keep: time.Hour}
	first := Fresh("me")
	_, _, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{first}, Key: key})
	p.must(err)
	again, replayed, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{Fresh("me")}, Key: key})
	if p.must(err); !replayed || again.ID != first.ID {
		p.Errorf("replayed %v, %s", replayed, again.ID)
	}
	earlier := func(hash string, key task.IdempotencyKey, join time.Duration) string {
		t, err := p.l.FindDuplicate(ctx, task.Repetition{InputHash: hash, Key: key, Join: task.Join{Any: join}})
		if p.must(err); t == nil {
			return ""
		}
		return t.ID
	}
	for name, c := range map[string]struct {
		hash string
		key  task.IdempotencyKey
		join time.Duration
		want string
	}{
		"the same":             {first.InputHash, key, 0, first.ID},
		"the key alone":        {"", key, 0, first.ID},
		"another key":          {first.InputHash, task.IdempotencyKey{Owner: "me", Key: "k2"}, 0, ""},
		"another key, joining": {first.InputHash, task.IdempotencyKey{Owner: "me", Key: "k2"}, time.Hour, first.ID},
		"another owner":        {first.InputHash, task.IdempotencyKey{Owner: "you", Key: "k"}, time.Hour, ""},
		"another input":        {"another", task.IdempotencyKey{Owner: "me"}, time.Hour, ""},
	} {
		if got := earlier(c.hash, c.key, c.join); got != c.want {
			p.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
	_, err = p.l.FindDuplicate(ctx, task.Repetition{InputHash: "other", Key: key})
	p.wantKind(err, fault.IdempotencyMismatch)
	other := Fresh("me")
	other.InputHash = "other"
	_, _, err = p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{other}, Key: key})
	p.wantKind(err, fault.IdempotencyMismatch)
	_, err = p.l.Task(ctx, other.ID)
	p.wantKind(err, fault.NotFound)
	_, replayed, err = p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{Fresh("you")}, Key: task.IdempotencyKey{Owner: "you", Key: "k", Keep: time.Hour}})
	if p.must(err); replayed {
		p.Error("another owner's key")
	}
	short := task.IdempotencyKey{Owner: "me", Key: "short", Keep: -time.Second}
	_, _, err = p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{Fresh("me")}, Key: short})
	p.must(err)
	_, replayed, err = p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{Fresh("me")}, Key: short})
	if p.must(err); replayed {
		p.Error("an expired key returned the earlier task")
	}
}

func idempotencyConcurrent(p *suite) {
	var mu sync.Mutex
	ids, news := map[string]bool{}, 0
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			t, replayed, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{Fresh("me")}, Key: task.IdempotencyKey{Owner: "me", Key: "k", Keep: time.Hour}})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				p.Error(err)
				return
			}
			ids[t.ID] = true
			if !replayed {
				news++
			}
		})
	}
	wg.Wait()
	if len(ids) != 1 || news != 1 {
		p.Errorf("%d tasks, %d of them new", len(ids), news)
	}
}
