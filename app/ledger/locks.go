package ledger

import (
	"database/sql"
	"slices"
	"strings"

	"aigc/app/fault"
	"aigc/app/task"
)

// On a database with several writers a transaction locks what it decides about before it
// reads it: first the idempotency key, then (owner, input hash), then the group of a
// task, then the task, then the vendor's accounts, then inputs. All transactions take
// their locks in this order, so that none waits for another one in a circle, and locks of
// one kind are taken sorted. A lock is held until the transaction ends. On SQLite a
// transaction locks the whole file, and the functions below do nothing more than to read.

// lock takes named locks in the given order. The clock of the transaction is read again
// after that, since it may have waited.
func (x *tx) lock(names ...string) error {
	if len(names) == 0 {
		return nil
	}
	return x.dialect.lock(x, names)
}

// lockName joins the parts of a lock's name; none of them has a line end.
func lockName(kind string, parts ...string) string { return kind + "\n" + strings.Join(parts, "\n") }

// repetitionLocks are the locks for finding the earlier task of a request and inserting
// its own: of the key, and of (owner, input hash) if the request may join.
func repetitionLocks(key task.IdempotencyKey, hash string, join task.Join) (names []string) {
	if key.Key != "" {
		names = append(names, lockName("key", key.Owner, key.Key))
	}
	if hash != "" && (join.Unanswered > 0 || join.Any > 0) {
		names = append(names, lockName(callsKind, key.Owner, hash))
	}
	return names
}

// callsKind is the kind of the lock on the calls of an (owner, input hash), which
// [tx.lockCalls] takes, too.
const callsKind = "calls"

// lockCalls takes the lock on the (owner, input hash) of a task whose calls change, so
// that no request joins the task at the same time.
func (x *tx) lockCalls(id string) error {
	if !x.dialect.shared {
		return nil
	}
	var name string
	err := x.query("SELECT owner, input_hash FROM callers WHERE task = $1 LIMIT 1", []any{id}, func(r *sql.Rows) error {
		var owner, hash string
		if err := r.Scan(&owner, &hash); err != nil {
			return err
		}
		name = lockName(callsKind, owner, hash)
		return nil
	})
	if err != nil || name == "" {
		return err
	}
	return x.lock(name)
}

// taskLock is the lock that the transaction of [store.Accept] holds on the id of its
// first task: a row that is not committed yet cannot be locked.
func taskLock(id string) string { return lockName("task", id) }

// lockTask returns a task and locks it against other writers, after its group. If there is
// none, it waits for a transaction that may be inserting it. NotFound: there is no such task.
func (x *tx) lockTask(id string) (*task.Task, error) {
	query := selectTask + x.dialect.lockedByID
	t, err := oneTask(x, query, id)
	if fault.KindOf(err) != fault.NotFound || !x.dialect.shared {
		return t, err
	}
	if err := x.lock(taskLock(id)); err != nil {
		return nil, err
	}
	return oneTask(x, query, id)
}

// accountLocks are the locks for counting tasks of accounts that have limits: one of each
// key that a limit counts, sorted.
func accountLocks(accounts []task.AccountLimit) (names []string) {
	for _, a := range accounts {
		if a.Running <= 0 && a.ModelRunning <= 0 && a.PerMinute <= 0 {
			continue
		}
		for _, fingerprint := range a.Fingerprints() {
			names = append(names, lockName("account", a.Vendor, fingerprint))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// lockInputs takes the locks on inputs that a task begins to use, or that are about to be
// deleted because no task uses them. They come after all others.
func (x *tx) lockInputs(ids []string) error {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = lockName("input", id)
	}
	slices.Sort(names)
	return x.lock(slices.Compact(names)...)
}
