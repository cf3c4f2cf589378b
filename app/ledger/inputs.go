package ledger

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// whereUnneeded selects inputs older than $1 that no task needs; see [task.Inputs].
const whereUnneeded = `role = 'input' AND created < $1 AND NOT EXISTS (
	SELECT 1 FROM task_inputs u JOIN tasks t ON t.id = u.task WHERE u.asset = assets.id AND (
		t.state NOT IN ('succeeded', 'failed', 'canceled') OR t.state = 'failed' AND t.retried_as = '' OR t.finished >= $1))`

// SweepInputs implements [task.Retention]. It looks for inputs outside of the transaction,
// which tests again only those that it found.
func (s *store) SweepInputs(ctx context.Context, age time.Duration, limit int) (int, error) {
	r := s.reader(ctx)
	now, err := s.dialect.now(r)
	if err != nil {
		return 0, err
	}
	before := now - age.Milliseconds()
	found, err := assets(r, selectAsset+"WHERE "+whereUnneeded+" ORDER BY created LIMIT $2", before, int64(limit))
	if err != nil || len(found) == 0 {
		return 0, err
	}
	err = s.write(ctx, func(x *tx) error {
		if err := x.lockInputs(assetIDs(found)); err != nil {
			return err
		}
		for _, a := range found {
			if _, err := x.exec("UPDATE assets SET role = 'swept' WHERE id = $2 AND "+whereUnneeded, before, a.ID); err != nil {
				return err
			}
		}
		return nil
	})
	return len(found), err
}

func assetIDs(list []*task.Asset) []string {
	ids := make([]string, len(list))
	for i, a := range list {
		ids[i] = a.ID
	}
	return ids
}

// KeepInput implements [task.Inputs].
func (s *store) KeepInput(ctx context.Context, id string) error {
	return s.write(ctx, func(x *tx) error {
		n, err := x.exec("UPDATE assets SET role = 'upload' WHERE id = $1 AND role IN ('input', 'upload')", id)
		if err == nil && n == 0 {
			return noAsset()
		}
		return err
	})
}

// useInputs records that tasks use inputs. It is a fault of kind Invalid if one of them
// is being deleted.
func (x *tx) useInputs(tasks []*task.Task, inputs []string) error {
	if err := x.lockInputs(inputs); err != nil {
		return err
	}
	for _, asset := range slices.Compact(slices.Sorted(slices.Values(inputs))) {
		for _, t := range tasks {
			n, err := x.exec("INSERT INTO task_inputs (asset, task) SELECT id, CAST($2 AS TEXT) FROM assets WHERE id = $1 AND role IN ('input', 'result')", asset, t.ID)
			if err != nil {
				return err
			}
			if n == 0 {
				return fault.New(fault.Invalid, "asset_not_found", "An image of the input was deleted a moment ago; send it again.").WithCharge(fault.ChargedNo)
			}
		}
	}
	return nil
}

// copyInputs records that a task uses the inputs of the one that it retries.
func (x *tx) copyInputs(t *task.Task) error {
	_, err := x.exec("INSERT INTO task_inputs (asset, task) SELECT asset, CAST($2 AS TEXT) FROM task_inputs WHERE task = $1", t.RetryOf, t.ID)
	return err
}

// keepUploads is how many days the rows of upload_use are kept.
const keepUploads = 31

func today(now int64) int64 { return now / (24 * time.Hour).Milliseconds() }

// AddUploads implements [task.Inputs].
func (s *store) AddUploads(ctx context.Context, owner string, files, bytes int64, quota task.UploadQuota) (added bool, err error) {
	err = s.write(ctx, func(x *tx) error {
		if err := x.lock(lockName("uploads", owner)); err != nil {
			return err
		}
		day := today(x.now)
		var used task.UploadUse
		if err := x.query("SELECT files, bytes FROM upload_use WHERE day = $1 AND owner = $2", []any{day, owner}, func(r *sql.Rows) error {
			return r.Scan(&used.Files, &used.Bytes)
		}); err != nil {
			return err
		}
		if quota.Files > 0 && used.Files+files > quota.Files || quota.Bytes > 0 && used.Bytes+bytes > quota.Bytes {
			added = false
			return nil
		}
		added = true
		if used.Files == 0 {
			if _, err := x.exec("DELETE FROM upload_use WHERE day < $1", day-keepUploads); err != nil {
				return err
			}
		}
		_, err := x.exec(`INSERT INTO upload_use (owner, day, files, bytes) VALUES ($1, $2, $3, $4)
			ON CONFLICT (day, owner) DO UPDATE SET files = upload_use.files + excluded.files, bytes = upload_use.bytes + excluded.bytes`, owner, day, files, bytes)
		return err
	})
	return added, err
}

// Uploads implements [task.Inputs].
func (s *store) Uploads(ctx context.Context) (out []task.UploadUse, err error) {
	r := s.reader(ctx)
	now, err := s.dialect.now(r)
	if err != nil {
		return nil, err
	}
	err = r.query("SELECT owner, files, bytes FROM upload_use WHERE day = $1 ORDER BY owner", []any{today(now)}, func(r *sql.Rows) error {
		var u task.UploadUse
		err := r.Scan(&u.Owner, &u.Files, &u.Bytes)
		out = append(out, u)
		return err
	})
	return out, err
}
