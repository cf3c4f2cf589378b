package blob

import (
	"os"
	"path"
	"sync"
)

// spares are empty files under passing names, made ahead. A file system may take
// long to make a file beside many that were deleted in the last minutes (ext4
// looks at each of them), and nobody who waits for a picture shall wait for that.
type spares struct {
	from *os.File // makingDir

	mu     sync.Mutex
	ready  []spare
	making bool
	closed bool
	done   sync.WaitGroup
}

type spare struct {
	name string
	file *os.File
}

const (
	fewSpares  = 32 // when there are no more, some are made
	manySpares = 64
)

// makingDir is where they are made: while the file system makes one, nobody
// else can rename anything in its folder.
var makingDir = path.Join(tmpDir, "making")

// take is one of the spares, or nothing.
func (s *spares) take(fill func()) (one spare) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.ready) - 1; last >= 0 {
		one, s.ready = s.ready[last], s.ready[:last]
	}
	if len(s.ready) < fewSpares && !s.making && !s.closed {
		s.making = true
		s.done.Go(fill)
	}
	return one
}

// add takes another one in, and says whether more are wanted.
func (s *spares) add(one spare) (more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = append(s.ready, one)
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
	for _, one := range s.ready {
		_ = one.file.Close()
	}
	_ = s.from.Close()
}

// create opens an empty file under a passing name.
func (d *Dir) create() (string, *os.File, error) {
	if one := d.spares.take(d.makeSpares); one.file != nil {
		return one.name, one.file, nil
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
		name := tmpName(tmpDir)
		f, err := d.making.OpenFile(path.Base(name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return
		}
		if err := rename(d.spares.from, path.Base(name), d.incoming, path.Base(name)); err != nil {
			_ = f.Close()
			return
		}
		more = d.spares.add(spare{name, f})
	}
}
