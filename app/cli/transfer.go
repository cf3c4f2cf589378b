package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"aigc/app"
	"aigc/app/backup"
	"aigc/app/blob"
	"aigc/app/ledger"
	"aigc/config"
)

// transferred is added to the name of a SQLite ledger whose rows are in PostgreSQL, so that
// no server starts on it and buys again what is queued in both.
const transferred = ".migrated"

// transfer copies a SQLite ledger to PostgreSQL, and with objects its objects to the bucket
// of the settings. Objects come first: a server that starts on the target finds all.
func (c *cli) transfer(ctx context.Context, l *config.Settings, from, to string, objects bool) (err error) {
	path, ok := strings.CutPrefix(from, "sqlite:")
	if !ok || path == "" {
		return &usageError{fmt.Errorf("--from must be sqlite:PATH, the data folder or the ledger in it")}
	}
	if to == "" {
		to = l.DatabaseURL.Reveal()
	}
	if !strings.HasPrefix(to, "postgres://") && !strings.HasPrefix(to, "postgresql://") {
		return &usageError{errors.New("--to must be postgres://user:password@host:port/database; without it DATABASE_URL is used")}
	}
	if objects && l.MinioEndpoint == "" {
		return errors.New("--objects copies to the bucket of MINIO_ENDPOINT, which is not set")
	}
	dir := dataDirOf(path)
	file := app.LedgerFile(dir)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(file + transferred); err == nil {
			return fmt.Errorf("the ledger in %s was copied before: it is %s now", dir, filepath.Base(file)+transferred)
		}
		return fmt.Errorf("there is no ledger at %s", file)
	}
	unlock, err := app.Lock(dir, "migrate")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	source, err := ledger.OpenSQLite(ctx, file)
	if err != nil {
		return err
	}
	lost, err := c.transferTo(ctx, l, source, dir, to, objects)
	if err = errors.Join(err, source.Close()); err != nil {
		return err
	}
	if err := os.Rename(file, file+transferred); err != nil {
		return fmt.Errorf("everything is copied, but %s cannot be renamed, and a server that starts on it buys again what is queued in both: %w", file, err)
	}
	c.say("%s is %s now, so that no server starts on it. Start the worker with DATABASE_URL and this data folder: it holds the spool.", file, filepath.Base(file)+transferred)
	return damaged(lost)
}

func (c *cli) transferTo(ctx context.Context, l *config.Settings, source *ledger.SQLite, dir, to string, objects bool) (lost []string, err error) {
	target, err := ledger.OpenPostgres(ctx, to)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	for _, db := range []ledger.Database{source, target} {
		if err := db.Migrate(ctx); err != nil {
			return nil, err
		}
	}
	empty, err := ledger.IsEmpty(ctx, source, target)
	if err != nil {
		return nil, err
	}
	if !objects && l.MinioEndpoint == "" {
		c.warn("the objects stay in " + app.ObjectsDir(dir) + ", which one process can use; several need a bucket (--objects)")
	}
	rows := func() error {
		return ledger.Transfer(ctx, source, target, func(table string, rows int64) { c.print("%-16s %d rows\n", table, rows) })
	}
	if !empty { // the rows are the same, or all is refused, before an object is sent
		if err := rows(); err != nil {
			return nil, err
		}
	}
	if err := checkObjects(ctx, l, source, dir, objects); err != nil {
		return nil, err
	}
	if objects {
		if lost, err = c.transferObjects(ctx, l, source, dir); err != nil {
			return nil, err
		}
	}
	if empty {
		err = rows()
	}
	return lost, err
}

// checkObjects returns an error if objects of a ledger lie in its data folder, where no server
// will look for them, since the settings name a bucket and the objects are not to be copied.
func checkObjects(ctx context.Context, l *config.Settings, source *ledger.SQLite, dir string, objects bool) error {
	if objects || l.MinioEndpoint == "" {
		return nil
	}
	found := errors.New("found")
	err := source.Objects(ctx, func(o ledger.Stored) error {
		if _, err := os.Stat(filepath.Join(app.ObjectsDir(dir), filepath.FromSlash(o.Object))); err == nil {
			return found
		}
		return nil
	})
	if errors.Is(err, found) {
		return fmt.Errorf("objects of this ledger are in %s, and servers will look for them in the bucket %s (MINIO_ENDPOINT): add --objects, which sends those that the bucket does not have", app.ObjectsDir(dir), l.MinioBucket)
	}
	return err
}

func (c *cli) transferObjects(ctx context.Context, l *config.Settings, source *ledger.SQLite, dir string) ([]string, error) {
	from, err := blob.NewDir(app.ObjectsDir(dir))
	if err != nil {
		return nil, err
	}
	defer from.Close()
	bucket, err := app.Bucket(l)
	if err != nil {
		return nil, err
	}
	if err := bucket.MakeBucket(ctx); err != nil {
		return nil, fmt.Errorf("the bucket %s at %s: %w", l.MinioBucket, l.MinioEndpoint, err)
	}
	line := c.newLine()
	done, err := backup.CopyObjects(ctx, source, from, bucket, func(n, bytes int64) { line.show("%d objects, %s", n, byteText(bytes)) })
	line.end()
	if err != nil {
		return nil, err
	}
	c.print("%-16s %d (%s), %d were there already\n", "objects", done.Objects, byteText(done.Bytes), done.Skipped)
	return done.Damaged, nil
}
