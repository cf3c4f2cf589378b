package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path"
	"sync"

	"golang.org/x/sync/errgroup"

	"aigc/app/blob"
	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/ledger"
	"aigc/app/media"
)

// Copied says what [CopyObjects] copied.
type Copied struct {
	Objects, Skipped, Bytes int64
	Damaged                 []string // objects that a row names, and that are missing in the source or differ from what was stored
}

// copiers is how many objects are copied at the same time.
const copiers = 8

// CopyObjects copies every object that a row of the ledger names, with those beside it, from
// one store to another, reads each back and compares its SHA-256. An object that the target
// has already is not written again, so that a call continues where an earlier one ended.
func CopyObjects(ctx context.Context, l ledger.Database, from, to blob.Store, onProgress func(objects, bytes int64)) (Copied, error) {
	m := &mover{from: from, to: to, onProgress: onProgress}
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(copiers)
	err := l.Objects(ctx, func(o ledger.Stored) error {
		all.Go(func() error { return m.moveAll(ctx, o) })
		return ctx.Err()
	})
	if waitErr := all.Wait(); waitErr != nil {
		err = waitErr
	}
	return m.Copied, err
}

type mover struct {
	from, to   blob.Store
	onProgress func(objects, bytes int64)

	mu sync.Mutex
	Copied
}

// moveAll copies an object and those beside it.
func (m *mover) moveAll(ctx context.Context, o ledger.Stored) error {
	sum, err := m.move(ctx, o.Object, blob.PutOptions{ContentType: o.MIME, TaskID: o.Task, SHA256: o.SHA256})
	switch {
	case fault.KindOf(err) == fault.NotFound:
		m.damaged(o.Object + ": missing")
		return nil
	case err != nil:
		return err
	case o.SHA256 != "" && sum != o.SHA256:
		m.damaged(o.Object + ": differs from what was stored")
	}
	if o.Answer {
		return nil
	}
	for _, name := range blob.Beside(o.Object, o.MIME) {
		mime := media.TypeByExt(path.Ext(name))
		if name == blob.SidecarName(o.Object) {
			mime = "application/json"
		}
		if _, err := m.move(ctx, name, blob.PutOptions{ContentType: mime, TaskID: o.Task}); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	return nil
}

// move copies one object, unless the target has it, and returns its SHA-256 in the source.
func (m *mover) move(ctx context.Context, name string, o blob.PutOptions) (string, error) {
	want, size, err := sumOf(ctx, m.from, name)
	if err != nil {
		return "", err
	}
	if got, _, err := sumOf(ctx, m.to, name); err == nil && got == want {
		m.count(size, true)
		return want, nil
	} else if err != nil && fault.KindOf(err) != fault.NotFound {
		return "", err
	}
	o.SHA256 = want
	r, _, err := m.from.Open(ctx, name)
	if err != nil {
		return "", err
	}
	defer r.Close()
	if err := m.to.Put(ctx, name, r, size, o); err != nil {
		return "", err
	}
	got, _, err := sumOf(ctx, m.to, name)
	if err == nil && got != want {
		err = fault.New(fault.Internal, "copy_differs", "%s arrived with other bytes than were sent", name)
	}
	m.count(size, false)
	failpoint.Here("object_copied")
	return want, err
}

func sumOf(ctx context.Context, s blob.Store, name string) (string, int64, error) {
	r, info, err := s.Open(ctx, name)
	if err != nil {
		return "", 0, err
	}
	defer r.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(sum.Sum(nil)), info.Size, nil
}

func (m *mover) count(size int64, skipped bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Objects++
	m.Bytes += size
	if skipped {
		m.Skipped++
	}
	m.onProgress(m.Objects, m.Bytes)
}

func (m *mover) damaged(what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Damaged = append(m.Damaged, what)
}
