package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"aigc/app/task"
)

// answeringFor is [task.AnsweringFor] in milliseconds. After that the call is one that is
// open, like any other: a caller that reads its answer so slowly has probably left.
const answeringFor = int64(task.AnsweringFor / time.Millisecond)

// candidate is a task that a request may join, with what its calls are.
type candidate struct {
	task      string
	open      int   // calls whose connection is open
	oldest    int64 // when the oldest open call began
	left      bool  // a caller left without an answer
	answering bool  // an answer is being written
}

// openCall is a row of callers, with when its task was created.
type openCall struct {
	task                                    string
	begun, answering, unansweredAt, created int64
}

const selectCallers = `SELECT c.task, c.begun, c.answering, c.unanswered_at, t.created FROM callers c JOIN tasks t ON t.id = c.task
	WHERE c.owner = $1 AND c.input_hash = $2 AND t.state <> 'canceled' AND NOT (t.state = 'failed' AND t.charged = 'no')
	ORDER BY c.task`

// findUnanswered returns the id of the task to join of which no caller was answered,
// empty if there is none. Of several it takes the one with the fewest open calls, so that
// equal calls at the same time, repeated at the same time, each get a task of their own;
// among these the oldest. ErrAnswering: it depends on an answer that is being written.
func findUnanswered(a querier, clock clock, r task.Repetition) (id string, err error) {
	if r.Join.Unanswered <= 0 {
		return "", nil
	}
	var calls []openCall
	err = a.query(selectCallers, []any{r.Key.Owner, r.InputHash}, func(row *sql.Rows) error {
		var c openCall
		err := row.Scan(&c.task, &c.begun, &c.answering, &c.unansweredAt, &c.created)
		calls = append(calls, c)
		return err
	})
	if err != nil || len(calls) == 0 {
		return "", err
	}
	now, err := clock()
	if err != nil {
		return "", err
	}
	var list []*candidate
	for _, c := range calls {
		if c.created < now-r.Join.Unanswered.Milliseconds() {
			continue
		}
		if len(list) == 0 || list[len(list)-1].task != c.task {
			list = append(list, &candidate{task: c.task})
		}
		list[len(list)-1].add(now, c)
	}
	begun := now - r.Call.Age().Milliseconds()
	var best *candidate
	answering := false
	for _, c := range list {
		switch {
		case c.answering: // also for a request that begins too early: if the answer fails, it joins
			answering = true
		case !c.left && (c.open == 0 || begun-c.oldest < r.Join.OpenFor.Milliseconds()):
		case best == nil || c.open < best.open:
			best = c
		}
	}
	switch {
	case best != nil:
		return best.task, nil
	case answering:
		return "", task.ErrAnswering
	}
	return "", nil
}

func (c *candidate) add(now int64, call openCall) {
	if call.unansweredAt > 0 {
		c.left = true
		return
	}
	if c.open == 0 || call.begun < c.oldest {
		c.oldest = call.begun
	}
	c.open++
	c.answering = c.answering || call.answering > 0 && now-call.answering < answeringFor
}

const insertCaller = `INSERT INTO callers (task, call, owner, input_hash, waiter, begun, answering, unanswered_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`

// recordCall records the call that creates or joins a task.
func (x *tx) recordCall(t *task.Task, c task.Call) error {
	if c.ID == "" || t.InputHash == "" {
		return nil
	}
	return x.later(insertCaller, t.ID, c.ID, t.Owner, t.InputHash, c.Waiter, x.now-c.Age().Milliseconds(), int64(0))
}

// callsKeptFor is how long a call is recorded at most. It is longer than the age of a
// task that may be joined and the longest request together.
const callsKeptFor = 30 * time.Minute

// deleteOldCalls deletes some calls that are too old to matter, of the oldest tasks.
func (x *tx) deleteOldCalls(limit int) (int64, error) {
	const old = `DELETE FROM callers WHERE (task, call) IN (SELECT o.task, o.call FROM
		(SELECT task, call, begun FROM callers ORDER BY task LIMIT $2%s) o WHERE o.begun <= $1)`
	return x.exec(fmt.Sprintf(old, x.dialect.skipLocked), x.now-callsKeptFor.Milliseconds(), int64(limit))
}

// Answering implements [task.Callers].
func (s *store) Answering(ctx context.Context, id string, c task.Call) error {
	return s.write(ctx, func(x *tx) error {
		if err := x.lockCalls(id); err != nil {
			return err
		}
		n, err := x.exec("UPDATE callers SET answering = $3 WHERE task = $1 AND call = $2 AND unanswered_at = 0", id, c.ID, x.now)
		if err != nil || n > 0 {
			return err
		}
		const asRecorded = `INSERT INTO callers (task, call, owner, input_hash, waiter, begun, answering, unanswered_at)
			SELECT task, CAST($2 AS TEXT), owner, input_hash, CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), 0 FROM callers WHERE task = $1 LIMIT 1 ON CONFLICT DO NOTHING`
		_, err = x.exec(asRecorded, id, c.ID, c.Waiter, x.now-c.Age().Milliseconds(), x.now)
		return err
	})
}

// EndCall implements [task.Callers].
func (s *store) EndCall(ctx context.Context, id, call string, how task.CallEnd) error {
	if how == task.CallAnswered {
		return s.answer(ctx, id)
	}
	return s.write(ctx, func(x *tx) error {
		err := x.lockCalls(id)
		if err != nil {
			return err
		}
		switch how {
		case task.CallUnanswered:
			_, err = x.exec("UPDATE callers SET unanswered_at = $3, answering = 0 WHERE task = $1 AND call = $2 AND unanswered_at = 0", id, call, x.now)
		default:
			_, err = x.exec("DELETE FROM callers WHERE task = $1 AND call = $2", id, call)
		}
		return err
	})
}

// ConfirmAnswer implements [task.Callers].
func (s *store) ConfirmAnswer(ctx context.Context, id string) error {
	return s.write(ctx, func(x *tx) error {
		if err := x.lockCalls(id); err != nil {
			return err
		}
		const confirmed = `DELETE FROM callers WHERE task = $1
			AND EXISTS (SELECT 1 FROM callers WHERE task = $1 AND answering > 0 AND unanswered_at = 0)`
		_, err := x.exec(confirmed, id)
		return err
	})
}
