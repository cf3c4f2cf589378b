package blob

import (
	"errors"
	"os"
	"path"
	"sync"
)

// spares are empty files under passing names, made ahead. A file system may take
// long to make a file beside many that were deleted in the last minutes (ext4
// looks at each of them), and nobody who waits for a picture shall wait for that.
type spares struct {
	mu     sync.Mutex
	ready  []string
	making bool
	closed bool
	done   sync.WaitGroup
}

const (
	fewSpares  = 32 // when there are no more, some are made
	manySpares = 64
)

// makingDir is where they are made: while the file system makes one, nobody
// else can rename anything in its folder.
var makingDir = path.Join(tmpDir, "making")

// take is one of the spares, or nothing.
func (s *spares) take(fill func()) (name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.ready) - 1; last >= 0 {
		name, s.ready = s.ready[last], s.ready[:last]
	}
	if len(s.ready) < fewSpares && !s.making && !s.closed {
		s.making = true
		s.done.Go(fill)
	}
	return name
}

// add takes another one in, and says whether more are wanted.
func (s *spares) add(name string) (more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = append(s.ready, name)
	return len(s.ready) < manySpares && !s.closed
}

func (s *spares) filled() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.making = false
}

func (s *spares) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.done.Wait()
}

// create opens an empty file under a passing name.
func (d *Dir) create() (string, *os.File, error) {
	if name := d.spares.take(d.makeSpares); name != "" {
		if f, err := d.root.OpenFile(name, os.O_WRONLY, 0); err == nil {
			return name, f, nil
		}
	}
	name := tmpName(tmpDir)
	f, err := d.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", nil, trouble(err)
	}
	return name, f, nil
}

// makeSpares makes files until there are enough, or one cannot be made: then
// whoever needs a file finds out why.
func (d *Dir) makeSpares() {
	defer d.spares.filled()
	for more := true; more; {
		made, name := tmpName(makingDir), tmpName(tmpDir)
		f, err := d.root.OpenFile(made, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			err = errors.Join(f.Close(), d.root.Rename(made, name))
		}
		if err != nil {
			return
		}
		more = d.spares.add(name)
	}
}
