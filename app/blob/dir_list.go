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

// walk visits objects in the order of their names, and skips directories that
// hold nothing with the prefix. It returns fs.SkipAll where visit says stop. A
// file or directory that is deleted meanwhile is left out.
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
	key := func(e fs.DirEntry) string { // what follows a directory's name is a slash
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
			st, gone := e.Info()
			if gone != nil {
				continue
			}
			if o, odd := fileInfo(name, st); odd == nil && !visit(o) {
				err = fs.SkipAll
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
