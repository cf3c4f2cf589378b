package ledger

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// Park implements [task.Ledger].
func (s *store) Park(ctx context.Context, p task.ParkedKey) error {
	const park = `INSERT INTO vendor_keys (vendor, fingerprint, code, reason, since, until, probed) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (vendor, fingerprint) DO UPDATE SET code = excluded.code, reason = excluded.reason, since = excluded.since,
			until = excluded.until, probed = excluded.probed`
	return s.write(ctx, func(x *tx) error {
		since := ms(p.Since)
		if since == 0 {
			since = x.now
		}
		_, err := x.exec(park, p.Vendor, p.Fingerprint, p.Code, p.Reason, since, ms(p.Until), since)
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

// ClaimProbe implements [task.Ledger]. It reads before it locks, so that a vendor without
// a due key costs no write.
func (s *store) ClaimProbe(ctx context.Context, vendor string, pause time.Duration) (claimed []task.ParkedKey, err error) {
	list, err := s.Parked(ctx)
	if err != nil || !slices.ContainsFunc(list, func(k task.ParkedKey) bool { return k.Vendor == vendor }) {
		return nil, err
	}
	err = s.write(ctx, func(x *tx) error {
		claimed = nil // the transaction may run again
		list, err := parkedKeys(x)
		if err != nil {
			return err
		}
		for _, k := range list {
			if k.Vendor != vendor || x.now-ms(k.Probed) < pause.Milliseconds() {
				continue
			}
			n, err := x.exec("UPDATE vendor_keys SET probed = $1 WHERE vendor = $2 AND fingerprint = $3 AND probed = $4", x.now, k.Vendor, k.Fingerprint, ms(k.Probed))
			if err != nil {
				return err
			}
			if n > 0 { // else another process claimed it
				claimed = append(claimed, k)
			}
		}
		return nil
	})
	return claimed, err
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
		if added = n > 0; err != nil || !added {
			return err
		}
		return x.needKeys()
	})
	return added && err == nil, err
}

// Keys implements [task.Ledger].
func (s *store) Keys(ctx context.Context) (out []task.APIKey, err error) {
	err = s.reader(ctx).query("SELECT name, hash, admin, created, used FROM api_keys ORDER BY name", nil, func(r *sql.Rows) error {
		return readRow(r, 5, func(c *columns) {
			out = append(out, task.APIKey{Name: c.text(), Hash: c.text(), Admin: c.flag(), Created: c.time(), Used: c.time()})
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

// UseKey implements [task.Ledger].
func (s *store) UseKey(ctx context.Context, name string, day time.Time) error {
	return s.write(ctx, func(x *tx) error {
		_, err := x.exec("UPDATE api_keys SET used = $2 WHERE name = $1 AND used < $2", name, ms(day))
		return err
	})
}

// KeysNeeded implements [task.Ledger].
func (s *store) KeysNeeded(ctx context.Context) (needed bool, err error) {
	err = s.reader(ctx).query("SELECT since FROM access WHERE id = 1", nil, func(*sql.Rows) error { needed = true; return nil })
	return needed, err
}

// NeedKeys implements [task.Ledger].
func (s *store) NeedKeys(ctx context.Context) error {
	return s.write(ctx, func(x *tx) error { return x.needKeys() })
}

func (x *tx) needKeys() error {
	_, err := x.exec("INSERT INTO access (id, since) VALUES (1, $1) ON CONFLICT (id) DO NOTHING", x.now)
	return err
}
