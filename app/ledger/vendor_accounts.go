package ledger

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"aigc/app/task"
)

// announcedFor is how much older than the newest announcement one may be to count, in
// milliseconds.
const announcedFor = int64(time.Minute / time.Millisecond)

// Announce implements [task.VendorAccounts].
func (s *store) Announce(ctx context.Context, worker string, accounts []task.VendorAccount) error {
	return s.write(ctx, func(x *tx) error {
		if _, err := x.exec("DELETE FROM vendor_accounts WHERE worker = $1", worker); err != nil {
			return err
		}
		const add = `INSERT INTO vendor_accounts (worker, vendor, base_url, fingerprint, sandbox, running, per_minute, models, seen)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`
		for _, a := range accounts {
			_, err := x.exec(add, worker, a.Vendor, a.BaseURL, a.Fingerprint, boolInt(a.Sandbox), int64(a.Running), int64(a.PerMinute), strings.Join(a.Models, "\n"), x.now)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// lines are the lines of a column; nil if it is empty.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// VendorAccounts implements [task.VendorAccounts].
func (s *store) VendorAccounts(ctx context.Context) (out []task.VendorAccount, err error) {
	const newest = `SELECT vendor, base_url, fingerprint, sandbox, running, per_minute, models, seen FROM vendor_accounts
		WHERE seen >= (SELECT MAX(seen) FROM vendor_accounts) - $1 ORDER BY vendor, base_url, fingerprint, seen DESC`
	err = s.reader(ctx).query(newest, []any{announcedFor}, func(r *sql.Rows) error {
		return readRow(r, 8, func(c *columns) {
			a := task.VendorAccount{
				Account: task.Account{Vendor: c.text(), BaseURL: c.text(), Fingerprint: c.text()},
				Sandbox: c.flag(), Running: int(c.number()), PerMinute: int(c.number()), Models: lines(c.text()), Seen: c.time(),
			}
			if n := len(out); n > 0 && out[n-1].Account == a.Account {
				return // several workers have the same account
			}
			out = append(out, a)
		})
	})
	return out, err
}
