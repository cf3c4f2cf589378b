package ledger

import (
	"database/sql"

	"aigc/app/task"
)

// bound is the task and input hash that a key stands for; empty if it was not
// used, or too long ago.
func bound(a asker, now int64, key task.IdempotencyKey) (id, hash string, err error) {
	const find = "SELECT task, input_hash FROM idempotency WHERE owner = $1 AND key = $2 AND expires > $3"
	err = a.ask(find, []any{key.Owner, key.Key, now}, func(r *sql.Rows) error { return r.Scan(&id, &hash) })
	return id, hash, err
}

// bind lets a key stand for a task from now on.
func (x *tx) bind(t *task.Task, key task.IdempotencyKey) error {
	if key.Key == "" {
		return nil
	}
	if err := x.forgetKeys(); err != nil {
		return err
	}
	const remember = `INSERT INTO idempotency (owner, key, input_hash, task, expires) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (owner, key) DO UPDATE SET input_hash = excluded.input_hash, task = excluded.task, expires = excluded.expires`
	_, err := x.exec(remember, key.Owner, key.Key, t.InputHash, t.ID, x.now+key.Keep.Milliseconds())
	return err
}

// forgetEvery is how many keys are bound between two sweeps. A sweep takes
// four times as many, so that the table shrinks to the keys that still count.
const forgetEvery = 16

// forgetKeys deletes some keys whose time is over, now and then.
func (x *tx) forgetKeys() error {
	x.memory.binds++
	if x.memory.binds%forgetEvery != 1 {
		return nil
	}
	const forget = `DELETE FROM idempotency WHERE (owner, key) IN
		(SELECT owner, key FROM idempotency WHERE expires <= $1 ORDER BY expires LIMIT $2)`
	_, err := x.exec(forget, x.now, int64(4*forgetEvery))
	return err
}
