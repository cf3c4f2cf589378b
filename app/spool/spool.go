package spool

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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
	dir string
	id  string
	mu  sync.Mutex // between making a folder and filling it
}

// Record is one durable answer of a vendor.
type Record struct {
	Task    string           `json:"task"`
	Submit  string           `json:"submit"`
	Account task.Account     `json:"account"`
	Ticket  *provider.Ticket `json:"ticket,omitempty"`
	Answer  *provider.Answer `json:"answer,omitempty"` // Result.Base64 names a Blob
	Blobs   []Blob           `json:"blobs,omitempty"`
	Found   bool             `json:"found,omitempty"` // by a look-up, after it was lost
}

// Blob is a file of bytes beside a record.
type Blob struct {
	Name    string `json:"name"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
	Corrupt bool   `json:"corrupt,omitempty"` // its base64 was damaged
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
	return &Spool{dir: dir, id: strings.TrimSpace(string(data))}, nil
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

// Records calls f for every durable record, and sweeps what is none. An
// unreadable record is kept for a person and reported.
func (s *Spool) Records(f func(Record)) error {
	tasks, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	var errs []error
	for _, t := range tasks {
		if !t.IsDir() {
			continue
		}
		submits, err := os.ReadDir(filepath.Join(s.dir, t.Name()))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, sub := range submits {
			r, err := s.Load(t.Name(), sub.Name())
			if err == nil {
				err = s.verify(r)
			}
			switch {
			case err == nil:
				f(r)
			case errors.Is(err, fs.ErrNotExist):
				errs = append(errs, s.Remove(t.Name(), sub.Name()))
			default:
				errs = append(errs, err)
			}
		}
		s.tidy(t.Name(), "")
	}
	return errors.Join(errs...)
}

// Load reads the record of one submission; fs.ErrNotExist if there is none.
func (s *Spool) Load(taskID, submit string) (Record, error) {
	var r Record
	data, err := os.ReadFile(filepath.Join(s.folder(taskID, submit), recordFile))
	if err == nil && len(data) == 0 {
		err = fs.ErrNotExist // made ahead, and never written
	}
	if err != nil {
		return r, fmt.Errorf("spool: %w", err)
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("spool: record of task %s: %w", taskID, err)
	}
	return r, nil
}

// verify makes sure that every file of a record is as the record says. After a
// loss of power in the middle of a commit it need not be: then nobody was told
// of the answer, and no sure knowledge of it is left.
func (s *Spool) verify(r Record) error {
	for _, b := range r.Blobs {
		f, err := os.Open(s.Path(r.Task, r.Submit, b.Name))
		if err != nil {
			return fmt.Errorf("spool: %s of task %s cannot be read: %s", b.Name, r.Task, err.Error()) // not wrapped: a missing file does not mean a missing record
		}
		sum := sha256.New()
		n, err := io.Copy(sum, f)
		_ = f.Close()
		if err != nil || n != b.Size || hex.EncodeToString(sum.Sum(nil)) != b.SHA256 {
			return fmt.Errorf("spool: %s of task %s is not the file that was received (%d of %d bytes)", b.Name, r.Task, n, b.Size)
		}
	}
	return nil
}

// Path is where a blob of a submission lies.
func (s *Spool) Path(taskID, submit, blob string) string {
	return filepath.Join(s.folder(taskID, submit), filepath.Base(blob))
}

// Remove forgets a submission, once the ledger knows all of it. Removing what
// is not there is fine.
func (s *Spool) Remove(taskID, submit string) error {
	folder := s.folder(taskID, submit)
	// The record goes first: one without its files would look like damage.
	if err := os.Remove(filepath.Join(folder, recordFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("spool: %w", err)
	}
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.tidy(taskID, submit)
	return nil
}

// tidy removes the folders of a submission and of its task where they are empty.
func (s *Spool) tidy(taskID, submit string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if submit != "" {
		_ = os.Remove(s.folder(taskID, submit))
	}
	_ = os.Remove(filepath.Join(s.dir, filepath.Base(taskID)))
}

func (s *Spool) folder(taskID, submit string) string {
	return filepath.Join(s.dir, filepath.Base(taskID), filepath.Base(submit))
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
