package blob

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"path"
	"sort"
	"strings"
)

// List implements [Store].
func (d *Dir) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		err := d.walk(ctx, ".", prefix, func(o Info) bool { return yield(o, nil) })
		if err != nil && !errors.Is(err, fs.SkipAll) {
			yield(Info{}, unavailable(err))
		}
	}
}

// walk visits objects in the byte order of their names, and skips directories that
// cannot contain the prefix. It returns fs.SkipAll if visit returns false. Files
// and directories that are deleted during the walk are skipped.
func (d *Dir) walk(ctx context.Context, dir, prefix string, visit func(Info) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := fs.ReadDir(d.root.FS(), dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	key := func(e fs.DirEntry) string { // names below a directory continue with a slash
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	sort.Slice(entries, func(i, j int) bool { return key(entries[i]) < key(entries[j]) })
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			if overlaps(name+"/", prefix) {
				err = d.walk(ctx, name, prefix, visit)
			}
		case strings.HasPrefix(name, prefix) && !isSidecar(name):
			st, err := e.Info()
			if err != nil { // deleted since ReadDir
				continue
			}
			if o, err := fileInfo(name, st); err == nil && !visit(o) {
				return fs.SkipAll
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func overlaps(dir, prefix string) bool {
	return strings.HasPrefix(dir, prefix) || strings.HasPrefix(prefix, dir)
}
