package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sync/errgroup"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/task"
)

// Reserve is the room in bytes that must be free before anything is bought.
const Reserve = 512 << 20

const recordFile = "record.json"

// Spool is the journal on one volume.
type Spool struct {
	// Sync makes what was received durable: fdatasync, unless a test plays a disk
	// that refuses.
	Sync func(*os.File) error

	dir string
	id  string

	mu     sync.Mutex // over folders as they come and go
	spares []string   // paths of folders to be used again
	made   int        // spares so far, for their names
}

// Record is one durable answer of a vendor.
type Record struct {
	Task    string           `json:"task"`
	Submit  string           `json:"submit"`
	Account task.Account     `json:"account"`
	Ticket  *provider.Ticket `json:"ticket,omitempty"`
	Answer  *provider.Answer `json:"answer,omitempty"` // Result.Base64 names a Blob
	Blobs   []Blob           `json:"blobs,omitempty"`
	Assets  []string         `json:"assets,omitempty"` // the ids that the answer's results will have
	Found   bool             `json:"found,omitempty"`  // by a look-up, after it was lost
}

// Blob is a file of bytes beside a record, or a small one within it.
type Blob struct {
	Name    string `json:"name"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
	Corrupt bool   `json:"corrupt,omitempty"` // its base64 was damaged
	Data    []byte `json:"data,omitempty"`
}

// Within says that all bytes are in Data, and there is no file.
func (b Blob) Within() bool { return int64(len(b.Data)) == b.Size }

// Within says that the record has no file beside it.
func (r Record) Within() bool {
	return !slices.ContainsFunc(r.Blobs, func(b Blob) bool { return !b.Within() })
}

// Open makes or reads the journal in dir. Its id stays the same for the life
// of the volume.
func Open(dir string) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	file := filepath.Join(dir, "id")
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		data = []byte(task.Token(8))
		err = writeDurably(file, data)
	}
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	return &Spool{Sync: datasync, dir: dir, id: strings.TrimSpace(string(data))}, nil
}

// ID names the volume; rows of the ledger rest on it.
func (s *Spool) ID() string { return s.id }

// Room is a fault of kind StorageFull when less than [Reserve] is free.
func (s *Spool) Room() error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(s.dir, &st); err != nil {
		return fault.Wrap(err, fault.StorageFull, "storage_full", "The spool cannot be looked at.")
	}
	if free := int64(st.Bavail) * st.Bsize; free < Reserve {
		return fault.New(fault.StorageFull, "storage_full", "Only %d MiB are free for results; nothing is bought until there is room.", free>>20)
	}
	return nil
}

// Path is where a blob of a submission lies.
func (s *Spool) Path(taskID, submit, blob string) string {
	return filepath.Join(s.folder(taskID, submit), filepath.Base(blob))
}

// writeDurably makes a file that is whole or absent, whatever happens.
func writeDurably(path string, data []byte) error {
	err := writeFile(path+".tmp", data)
	if err == nil {
		err = os.Rename(path+".tmp", path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	return err
}

func writeFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, datasync(f), f.Close())
}

// datasync makes a file's content and length durable; its times may be older.
func datasync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }

// syncDirs makes the names in several folders durable at the same time.
func syncDirs(paths ...string) error {
	var all errgroup.Group
	for _, p := range paths {
		all.Go(func() error { return syncDir(p) })
	}
	return all.Wait()
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
