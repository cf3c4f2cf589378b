package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// This file handles commits whose outcome is unknown: the connection was lost after
// COMMIT was sent. The row is read again, by a transaction that first waits for the lost
// one to end. A claim, even if it was committed, is taken back: nothing was sent for it.

// resolveFor is how long the ledger tries to learn the outcome of a commit. A database
// that restarts is back by then; after that the caller gets ErrOutcomeUnknown.
const resolveFor = 10 * time.Second

// resolvePause is the time between two attempts.
const resolvePause = 100 * time.Millisecond

// resolve runs a transaction until the database answers.
func (s *store) resolve(ctx context.Context, run func(*tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), resolveFor)
	defer cancel()
	for {
		err := s.write(ctx, run)
		if fault.KindOf(err) != fault.Unavailable {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(resolvePause):
		}
	}
}

// notWritten is the error of a transaction that is known not to have been committed.
func notWritten(err error) error {
	return fault.Wrap(err, fault.Unavailable, "ledger_unavailable", "The connection to the ledger's database was lost, and nothing was written; try again.")
}

// acceptedAfterAll is the outcome of an Accept: the task, without its claim, or an error.
func (s *store) acceptedAfterAll(ctx context.Context, a task.AcceptRequest, unknown error) (t *task.Task, err error) {
	err = s.resolve(ctx, func(x *tx) (err error) {
		if t, err = x.lockTask(a.Tasks[0].ID); err != nil || a.Claim == nil {
			return err
		}
		return x.takeBack(t, a.Claim.SubmitID)
	})
	switch {
	case err == nil:
		return t, nil
	case fault.KindOf(err) == fault.NotFound:
		return nil, notWritten(unknown)
	}
	return nil, errors.Join(unknown, err)
}

// disclaim takes a claim back, if it was committed. It returns the error of Claim.
func (s *store) disclaim(ctx context.Context, c task.ClaimRequest, unknown error) error {
	err := s.resolve(ctx, func(x *tx) error {
		t, err := x.lockTask(c.ID)
		if err != nil {
			return err
		}
		return x.takeBack(t, c.SubmitID)
	})
	if err != nil {
		return errors.Join(unknown, err)
	}
	return notWritten(unknown)
}

// takeBack returns a task to the queue that was claimed with a submit id and for which
// nothing was sent. Any other row it leaves as it is.
func (x *tx) takeBack(t *task.Task, submit string) error {
	if t.State != task.Submitting || t.SubmitID != submit {
		return nil
	}
	return x.applyTransition(t, task.Transition{
		ID: t.ID, SubmitID: submit, From: []task.State{task.Submitting}, To: task.Queued, Cause: task.Requeued, Note: "claim_not_confirmed",
		Edit: func(row *task.Task) error {
			row.Charged, row.Spool = fault.ChargedNo, ""
			return nil
		},
	})
}

// appliedAfterAll returns nil if the last of the transitions, after which the row was t,
// is committed: its event is there.
func (s *store) appliedAfterAll(ctx context.Context, t *task.Task, last task.Transition, unknown error) error {
	found := false
	err := s.resolve(ctx, func(x *tx) error {
		if _, err := x.lockTask(t.ID); err != nil {
			return err
		}
		const event = "SELECT 1 FROM task_events WHERE task = $1 AND seq = $2 AND at = $3 AND to_state = $4 AND cause = $5"
		return x.query(event, []any{t.ID, t.Version, ms(t.Updated), string(last.To), string(last.Cause)}, func(*sql.Rows) error {
			found = true
			return nil
		})
	})
	switch {
	case err != nil:
		return errors.Join(unknown, err)
	case !found:
		return notWritten(unknown)
	}
	return nil
}
