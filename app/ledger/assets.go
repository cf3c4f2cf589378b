package ledger

import (
	"context"
	"database/sql"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

const (
	assetColumns = `id, task, idx, role, object, thumb, name, mime, width, height, duration, size, sha256, owner, sandbox,
	prompt, seed, created`
	assetWidth  = 18
	selectAsset = "SELECT " + assetColumns + " FROM assets "
)

var insertAsset = "INSERT INTO assets (" + assetColumns + ") VALUES (" + placeholders(1, assetWidth) + ")"

// AddAsset implements [task.Ledger].
func (s *store) AddAsset(ctx context.Context, a *task.Asset) error {
	return s.write(ctx, func(x *tx) error { return x.addAsset(a) })
}

func (x *tx) addAsset(a *task.Asset) error {
	created := ms(a.Created)
	if created == 0 {
		created = x.now
	}
	var seed any
	if a.Seed != nil {
		seed = *a.Seed
	}
	return x.later(insertAsset, a.ID, a.Task, int64(a.Index), string(a.Role), a.Object, a.Thumb, a.Name, a.MIME,
		int64(a.Width), int64(a.Height), int64(a.Duration), a.Size, a.SHA256, a.Owner, boolInt(a.Sandbox), a.Prompt, seed, created)
}

func assets(q querier, query string, args ...any) (out []*task.Asset, err error) {
	err = q.query(query, args, func(r *sql.Rows) error {
		return readRow(r, assetWidth, func(c *columns) {
			a := &task.Asset{
				ID: c.text(), Task: c.text(), Index: int(c.number()), Role: task.Role(c.text()), Object: c.text(), Thumb: c.text(),
				Name: c.text(), MIME: c.text(), Width: int(c.number()), Height: int(c.number()), Duration: time.Duration(c.number()),
				Size: c.number(), SHA256: c.text(), Owner: c.text(), Sandbox: c.flag(), Prompt: c.text(),
			}
			if seed, ok := c.value().(int64); ok {
				a.Seed = &seed
			}
			a.Created = c.time()
			out = append(out, a)
		})
	})
	return out, err
}

func oneAsset(q querier, query string, args ...any) (*task.Asset, error) {
	list, err := assets(q, query, args...)
	if err == nil && len(list) == 0 {
		err = noAsset()
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func noAsset() error { return fault.New(fault.NotFound, "asset_not_found", "There is no such asset.") }

// Asset implements [task.Ledger].
func (s *store) Asset(ctx context.Context, id string) (*task.Asset, error) {
	return oneAsset(s.reader(ctx), selectAsset+"WHERE id = $1 AND role <> 'swept'", id)
}

// AssetByObject implements [task.Ledger].
func (s *store) AssetByObject(ctx context.Context, object string) (*task.Asset, error) {
	return oneAsset(s.reader(ctx), selectAsset+"WHERE object = $1 AND role <> 'swept'", object)
}

// Assets implements [task.Ledger].
func (s *store) Assets(ctx context.Context, tasks []string) ([]*task.Asset, error) {
	if len(tasks) == 0 {
		return nil, nil
	}
	in, args := inList(1, tasks)
	return assets(s.reader(ctx), selectAsset+"WHERE task IN ("+in+") AND task <> '' AND role = 'result' ORDER BY task, idx", args...)
}

// SetThumbnail implements [task.Ledger].
func (s *store) SetThumbnail(ctx context.Context, asset, object string) error {
	return s.write(ctx, func(x *tx) error {
		n, err := x.exec("UPDATE assets SET thumb = $2 WHERE id = $1 AND role <> 'swept'", asset, object)
		if err == nil && n == 0 {
			return noAsset()
		}
		return err
	})
}

// BeginThumbnail implements [task.Ledger].
func (s *store) BeginThumbnail(ctx context.Context, asset string) (begun bool, err error) {
	err = s.write(ctx, func(x *tx) error {
		n, err := x.exec("UPDATE assets SET thumb = $2 WHERE id = $1 AND thumb = '' AND role <> 'swept'", asset, task.ThumbnailBegun)
		begun = n > 0
		return err
	})
	return begun, err
}

// WithoutThumbnail implements [task.Ledger].
func (s *store) WithoutThumbnail(ctx context.Context, limit int) ([]*task.Asset, error) {
	const query = "WHERE thumb = '' AND role = 'result' ORDER BY id LIMIT $1"
	return assets(s.reader(ctx), selectAsset+query, int64(max(limit, 0)))
}
