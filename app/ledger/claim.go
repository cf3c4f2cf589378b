package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// Claim implements [task.Ledger].
func (s *store) Claim(ctx context.Context, c task.ClaimRequest) (t *task.Task, err error) {
	var unavailable error
	err = s.write(ctx, func(x *tx) error {
		if t, err = x.lockTask(c.ID); err != nil {
			return err
		}
		if t.State != task.Queued || t.Group || t.Held {
			return task.ErrStale
		}
		var chosen *task.AccountLimit
		if chosen, unavailable, err = x.chooseAccount(t, c.Accounts); err != nil {
			return err
		}
		if unavailable != nil {
			const postpone = "UPDATE tasks SET message = $2, run_at = $3, wakes = 0 WHERE id = $1" // no transition
			_, err := x.exec(postpone, c.ID, waitMessage(&c, unavailable), x.now+claimPause.Milliseconds())
			return err
		}
		was := takeSnapshot(t)
		if err := x.startSubmission(t, &c, chosen); err != nil {
			return err
		}
		x.recordEvent(t, was.State, task.Claim, "")
		return x.save(t, was)
	})
	if errors.Is(err, task.ErrOutcomeUnknown) {
		err = s.disclaim(ctx, c, err)
	}
	if err == nil {
		err = unavailable
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// startSubmission changes a queued row to submitting, with a new submission, account
// and lease. It does not write the row.
func (x *tx) startSubmission(t *task.Task, c *task.ClaimRequest, a *task.AccountLimit) error {
	from, charged := t.State, t.Charged
	x.stamp(t)
	t.State, t.Charged = task.Submitting, fault.ChargedUnknown
	t.SubmitID, t.Spool, t.Account = c.SubmitID, c.Spool, a.Account
	t.Attempts++
	t.Submitted, t.RunAt = t.Updated, t.Updated
	t.LeaseOwner, t.LeaseUntil = c.Owner, t.Updated.Add(c.Lease)
	t.Error, t.Message, t.Progress = nil, "", 0
	if m, ok := task.Find(from, t.State, task.Claim); !ok || !m.Allows(charged, t.Charged) {
		return illegalTransition("claim must not change charged from %s to %s", charged, t.Charged)
	}
	if a.PerMinute <= 0 {
		return nil
	}
	const submitted = "INSERT INTO submissions (vendor, fingerprint, at, submit_id) VALUES ($1, $2, $3, $4)"
	_, err := x.exec(submitted, a.Vendor, a.Fingerprint, x.now, c.SubmitID)
	return err
}

// chooseAccount chooses the account of a claim: of the first vendor in the list that
// has an account with room for t, the one with the fewest slots in submitting or running.
// Without one, unavailable is ErrBusy, or ErrParked if all are parked.
func (x *tx) chooseAccount(t *task.Task, accounts []task.AccountLimit) (best *task.AccountLimit, unavailable, err error) {
	unavailable = task.ErrParked
	if err := x.lock(accountLocks(accounts)...); err != nil {
		return nil, nil, err
	}
	parked, err := parkedKeys(x)
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
			unavailable = task.ErrBusy
		}
		open, room, err := x.accountUsage(t, a, len(accounts) > 1)
		if err != nil {
			return nil, nil, err
		}
		if room && (best == nil || open < least) {
			best, least = a, open
		}
	}
	if best != nil {
		unavailable = nil
	}
	return best, unavailable, nil
}

func isParked(list []task.ParkedKey, a task.Account) bool {
	for _, p := range list {
		if p.Vendor == a.Vendor && p.Fingerprint == a.Fingerprint {
			return true
		}
	}
	return false
}

// perMinute is the window of the limit PerMinute, in milliseconds.
const perMinute = int64(time.Minute / time.Millisecond)

// accountUsage counts the slots of an account's tasks in submitting or running and its
// submissions of the last minute, and says whether it has room for t under its limits. A
// task that needs more slots than the limit has room once no other runs. open is 0 if
// neither a limit nor the comparison of several accounts needs it.
func (x *tx) accountUsage(t *task.Task, a *task.AccountLimit, compare bool) (open int64, room bool, err error) {
	in, keys := inList(2, a.Fingerprints())
	args := append([]any{a.Vendor}, keys...)
	where := " FROM tasks WHERE vendor = $1 AND fingerprint IN (" + in + ") AND state IN ('submitting', 'running')"
	if a.Running > 0 || compare {
		if open, err = x.queryInt("SELECT COALESCE(SUM(slots), 0)"+where, args...); err != nil {
			return 0, false, err
		}
		if a.Running > 0 && open > 0 && open+int64(max(1, t.Slots)) > int64(a.Running) {
			return open, false, nil
		}
	}
	if a.ModelRunning > 0 {
		model := fmt.Sprintf(" AND model = $%d", len(args)+1)
		n, err := x.queryInt("SELECT COUNT(*)"+where+model, append(slices.Clone(args), t.Model)...)
		if err != nil || n >= int64(a.ModelRunning) {
			return open, false, err
		}
	}
	if a.PerMinute > 0 {
		of := "vendor = $1 AND fingerprint IN (" + in + ")"
		expire := fmt.Sprintf("DELETE FROM submissions WHERE %s AND at <= $%d", of, len(args)+1)
		if _, err := x.exec(expire, append(slices.Clone(args), x.now-perMinute)...); err != nil {
			return 0, false, err
		}
		n, err := x.queryInt("SELECT COUNT(*) FROM submissions WHERE "+of, args...)
		if err != nil || n >= int64(a.PerMinute) {
			return open, false, err
		}
	}
	return open, true, nil
}

// claimPause is the time until a task is due again for which no account had room.
const claimPause = time.Second

// waitMessage says why a task stays queued.
func waitMessage(c *task.ClaimRequest, why error) string {
	vendor := "the vendor"
	if len(c.Accounts) > 0 {
		vendor = c.Accounts[0].Vendor
	}
	if why == task.ErrParked {
		return fmt.Sprintf("Waiting: no key of %s can be used now.", vendor)
	}
	return fmt.Sprintf("Waiting for a free slot at %s.", vendor)
}

// parkedKeys returns all parked keys.
func parkedKeys(a querier) (out []task.ParkedKey, err error) {
	const all = "SELECT vendor, fingerprint, code, reason, since, until, probed FROM vendor_keys ORDER BY since, vendor, fingerprint"
	err = a.query(all, nil, func(r *sql.Rows) error {
		return readRow(r, 7, func(c *columns) {
			out = append(out, task.ParkedKey{
				Vendor: c.text(), Fingerprint: c.text(), Code: c.text(), Reason: c.text(), Since: c.time(), Until: c.time(), Probed: c.time(),
			})
		})
	})
	return out, err
}
