package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// Claim implements [task.Ledger].
func (s *store) Claim(ctx context.Context, c task.ClaimRequest) (t *task.Task, err error) {
	var waits error
	err = s.write(ctx, func(x *tx) error {
		if t, err = oneTask(x, selectTask+byID, c.ID); err != nil {
			return err
		}
		if t.State != task.Queued || t.Group {
			return task.ErrStale
		}
		var chosen *task.AccountLimit
		if chosen, waits, err = x.choose(c.Accounts); err != nil {
			return err
		}
		if waits != nil {
			const say = "UPDATE tasks SET message = $2, run_at = $3, wakes = 0 WHERE id = $1" // it is no move
			_, err := x.exec(say, c.ID, standstill(&c, waits), x.now+claimPause.Milliseconds())
			return err
		}
		was := remember(t)
		if err := x.intend(t, &c, chosen); err != nil {
			return err
		}
		x.note(t, was.State, task.Claim, "")
		return x.save(t, was)
	})
	if err == nil {
		err = waits
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// intend makes a queued row one that is about to be bought.
func (x *tx) intend(t *task.Task, c *task.ClaimRequest, a *task.AccountLimit) error {
	from, charged := t.State, t.Charged
	x.touch(t)
	t.State, t.Charged = task.Submitting, fault.ChargedUnknown
	t.SubmitID, t.Spool, t.Account = c.SubmitID, c.Spool, a.Account
	t.Attempts++
	t.Submitted, t.RunAt = t.Updated, t.Updated
	t.LeaseOwner, t.LeaseUntil = c.Owner, t.Updated.Add(c.Lease)
	t.Error, t.Message, t.Progress = nil, "", 0
	if m, ok := task.Find(from, t.State, task.Claim); !ok || !m.Allows(charged, t.Charged) {
		return illegal("a queued task is charged %s", charged)
	}
	if a.PerMinute <= 0 {
		return nil
	}
	const submitted = "INSERT INTO submissions (vendor, fingerprint, at, submit_id) VALUES ($1, $2, $3, $4)"
	_, err := x.exec(submitted, a.Vendor, a.Fingerprint, x.now, c.SubmitID)
	return err
}

// choose finds the account to buy with: of the first vendor in the list that
// has one with room, the one with the least to do.
func (x *tx) choose(accounts []task.AccountLimit) (best *task.AccountLimit, waits, err error) {
	waits = task.ErrParked
	parked, err := parkings(x)
	if err != nil {
		return nil, nil, err
	}
	least := int64(0)
	for i := range accounts {
		a := &accounts[i]
		if best != nil && a.Vendor != best.Vendor {
			break
		}
		if isParked(parked, a.Account) {
			continue
		}
		if best == nil {
			waits = task.ErrBusy
		}
		open, room, err := x.room(a, len(accounts) > 1)
		if err != nil {
			return nil, nil, err
		}
		if room && (best == nil || open < least) {
			best, least = a, open
		}
	}
	if best != nil {
		waits = nil
	}
	return best, waits, nil
}

func isParked(list []task.ParkedKey, a task.Account) bool {
	for _, p := range list {
		if p.Vendor == a.Vendor && p.Fingerprint == a.Fingerprint {
			return true
		}
	}
	return false
}

// perMinute is the window of the caps on submissions, in milliseconds.
const perMinute = int64(time.Minute / time.Millisecond)

// room counts what an account has open and what it submitted in the last
// minute, as far as its caps or the choice among several accounts need it.
func (x *tx) room(a *task.AccountLimit, compare bool) (open int64, room bool, err error) {
	if a.Running > 0 || compare {
		const count = "SELECT COUNT(*) FROM tasks WHERE vendor = $1 AND fingerprint = $2 AND state IN ('submitting', 'running')"
		if open, err = x.number(count, a.Vendor, a.Fingerprint); err != nil {
			return 0, false, err
		}
		if a.Running > 0 && open >= int64(a.Running) {
			return open, false, nil
		}
	}
	if a.PerMinute > 0 {
		const forget = "DELETE FROM submissions WHERE vendor = $1 AND fingerprint = $2 AND at <= $3"
		if _, err := x.exec(forget, a.Vendor, a.Fingerprint, x.now-perMinute); err != nil {
			return 0, false, err
		}
		const count = "SELECT COUNT(*) FROM submissions WHERE vendor = $1 AND fingerprint = $2"
		n, err := x.number(count, a.Vendor, a.Fingerprint)
		if err != nil || n >= int64(a.PerMinute) {
			return open, false, err
		}
	}
	return open, true, nil
}

// claimPause is how long a task rests that found no account with room.
const claimPause = time.Second

// standstill tells the caller of a task why it stays queued.
func standstill(c *task.ClaimRequest, why error) string {
	vendor := "the vendor"
	if len(c.Accounts) > 0 {
		vendor = c.Accounts[0].Vendor
	}
	if why == task.ErrParked {
		return fmt.Sprintf("Waiting: no key of %s can be used now.", vendor)
	}
	return fmt.Sprintf("Waiting for a free slot at %s.", vendor)
}

// parkings are all keys out of use.
func parkings(a asker) (out []task.ParkedKey, err error) {
	const all = "SELECT vendor, fingerprint, code, reason, since, until FROM vendor_keys ORDER BY since, vendor, fingerprint"
	err = a.ask(all, nil, func(r *sql.Rows) error {
		return readRow(r, 6, func(c *cells) {
			out = append(out, task.ParkedKey{
				Vendor: c.text(), Fingerprint: c.text(), Code: c.text(), Reason: c.text(), Since: c.time(), Until: c.time(),
			})
		})
	})
	return out, err
}
