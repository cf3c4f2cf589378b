package ledger

import (
	"context"
	"database/sql"

	"aigc/app/fault"
	"aigc/app/task"
)

// Park implements [task.Ledger].
func (s *store) Park(ctx context.Context, p task.ParkedKey) error {
	const park = `INSERT INTO vendor_keys (vendor, fingerprint, code, reason, since, until) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (vendor, fingerprint) DO UPDATE SET code = excluded.code, reason = excluded.reason, since = excluded.since, until = excluded.until`
	return s.write(ctx, func(x *tx) error {
		since := ms(p.Since)
		if since == 0 {
			since = x.now
		}
		_, err := x.exec(park, p.Vendor, p.Fingerprint, p.Code, p.Reason, since, ms(p.Until))
		return err
	})
}

// Unpark implements [task.Ledger].
func (s *store) Unpark(ctx context.Context, vendor, fingerprint string) error {
	return s.write(ctx, func(x *tx) error {
		_, err := x.exec("DELETE FROM vendor_keys WHERE vendor = $1 AND fingerprint = $2", vendor, fingerprint)
		return err
	})
}

// Parked implements [task.Ledger].
func (s *store) Parked(ctx context.Context) ([]task.ParkedKey, error) {
	return parkedKeys(s.reader(ctx))
}

// AddKey implements [task.Ledger]. Of concurrent callers with the same name one adds
// its key.
func (s *store) AddKey(ctx context.Context, k task.APIKey) (added bool, err error) {
	const add = "INSERT INTO api_keys (name, hash, admin, created) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING"
	err = s.write(ctx, func(x *tx) error {
		created := ms(k.Created)
		if created == 0 {
			created = x.now
		}
		n, err := x.exec(add, k.Name, k.Hash, boolInt(k.Admin), created)
		added = n > 0
		return err
	})
	return added && err == nil, err
}

// Keys implements [task.Ledger].
func (s *store) Keys(ctx context.Context) (out []task.APIKey, err error) {
	err = s.reader(ctx).query("SELECT name, hash, admin, created FROM api_keys ORDER BY name", nil, func(r *sql.Rows) error {
		return readRow(r, 4, func(c *columns) {
			out = append(out, task.APIKey{Name: c.text(), Hash: c.text(), Admin: c.flag(), Created: c.time()})
		})
	})
	return out, err
}

// RevokeKey implements [task.Ledger].
func (s *store) RevokeKey(ctx context.Context, name string) error {
	return s.write(ctx, func(x *tx) error {
		n, err := x.exec("DELETE FROM api_keys WHERE name = $1", name)
		if err == nil && n == 0 {
			return fault.New(fault.NotFound, "key_not_found", "There is no API key of this name.")
		}
		return err
	})
}
