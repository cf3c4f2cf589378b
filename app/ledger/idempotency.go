package ledger

import (
	"database/sql"
	"fmt"

	"aigc/app/task"
)

// lookupKey returns the task and the input hash that a key is bound to; empty if it
// is not bound or has expired.
func lookupKey(a querier, clock clock, key task.IdempotencyKey) (id, hash string, err error) {
	const find = "SELECT task, input_hash, expires FROM idempotency WHERE owner = $1 AND key = $2"
	var expires int64
	err = a.query(find, []any{key.Owner, key.Key}, func(r *sql.Rows) error { return r.Scan(&id, &hash, &expires) })
	if err != nil || id == "" {
		return "", "", err
	}
	if now, err := clock(); err != nil || expires <= now {
		return "", "", err
	}
	return id, hash, nil
}

// bindKey binds a key to a task, for key.Keep from now.
func (x *tx) bindKey(t *task.Task, key task.IdempotencyKey) error {
	if key.Key == "" {
		return nil
	}
	const upsert = `INSERT INTO idempotency (owner, key, input_hash, task, expires) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (owner, key) DO UPDATE SET input_hash = excluded.input_hash, task = excluded.task, expires = excluded.expires`
	return x.later(upsert, key.Owner, key.Key, t.InputHash, t.ID, x.now+key.Keep.Milliseconds())
}

// deleteExpiredKeys deletes some expired keys.
func (x *tx) deleteExpiredKeys(limit int) (int64, error) {
	const expire = `DELETE FROM idempotency WHERE (owner, key) IN
		(SELECT owner, key FROM idempotency WHERE expires <= $1 ORDER BY expires LIMIT $2%s)`
	return x.exec(fmt.Sprintf(expire, x.dialect.skipLocked), x.now, int64(limit))
}
