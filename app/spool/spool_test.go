package spool_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"aigc/app/jsonblob"
	"aigc/app/provider"
	"aigc/app/spool"
)

func open(t *testing.T) (*spool.Spool, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := spool.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

// Extracted, short and damaged base64 all become blobs with size and hash.
func TestCommitNamesEveryResult(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	e := s.NewWriter("task", "submit")
	large := bytes.Repeat([]byte("an image "), 20_000)
	doc := `{"a":"` + base64.StdEncoding.EncodeToString(large) + `"}`
	blobs, err := jsonblob.Extract(io.Discard, strings.NewReader(doc), jsonblob.Options{}, e.Create)
	if err != nil || len(blobs) != 1 {
		t.Fatalf("%v, %d blobs", err, len(blobs))
	}
	e.Extracted(blobs)
	small := base64.StdEncoding.EncodeToString([]byte("small"))
	r := spool.Record{Answer: &provider.Answer{Results: []provider.Result{
		{Base64: blobs[0].Placeholder}, {Base64: small}, {Base64: "data:image/png;base64," + small}, {Base64: "*broken*"},
		{Base64: "DATA:image/png;base64, " + strings.TrimRight(small, "=")}, {Base64: "c21hbGz_\n-w"}, {URL: "https://example.com/a.png"},
	}}}
	if err := e.Commit(&r); err != nil {
		t.Fatal(err)
	}
	got, err := s.Read("task", "submit")
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		size    int64
		corrupt bool
	}{{int64(len(large)), false}, {5, false}, {5, false}, {0, true}, {5, false}, {7, false}}
	if len(got.Blobs) != len(want) {
		t.Fatalf("%d blobs", len(got.Blobs))
	}
	for i, w := range want {
		b := got.Blobs[i]
		if b.Size != w.size || b.Corrupt != w.corrupt || len(b.SHA256) != 64 || got.Answer.Results[i].Base64 != b.Name {
			t.Errorf("blob %d: %+v for %q", i, b, got.Answer.Results[i].Base64)
		}
	}
	for _, b := range got.Blobs[1:] { // inline
		if !b.Inline() || string(b.Data) != "small" && string(b.Data) != "small\xff\xfb" && b.Size > 0 {
			t.Errorf("%+v", b)
		}
	}
	data, err := os.ReadFile(s.Path("task", "submit", got.Blobs[0].Name))
	if err != nil || !bytes.Equal(data, large) {
		t.Errorf("the extracted bytes are not what was sent: %v", err)
	}
}

// Records removes folders without a record, returns committed records, and keeps
// and reports an unreadable one.
func TestRecords(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	if err := s.NewWriter("done", "1").Commit(&spool.Record{Ticket: &provider.Ticket{ID: "job"}}); err != nil {
		t.Fatal(err)
	}
	half := s.NewWriter("half", "1")
	w, err := half.Create(0)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte("bytes"))
	bad := filepath.Join(dir, "bad", "1")
	if err := os.MkdirAll(bad, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bad, "record.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := spool.Open(dir)
	if err != nil || again.ID() != s.ID() {
		t.Fatalf("the id changed: %v", err)
	}
	var found []string
	err = again.Records(func(r spool.Record, damage error) {
		found = append(found, fmt.Sprint(r.Task, "/", r.Submit, " ", damage == nil))
	})
	if err != nil {
		t.Error(err)
	}
	if slices.Sort(found); len(found) != 2 || found[0] != "bad/1 false" || found[1] != "done/1 true" {
		t.Errorf("found %v", found)
	}
	if _, err := os.Stat(filepath.Join(dir, "half")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the incomplete answer was not removed")
	}
	if _, err := os.Stat(bad); err != nil {
		t.Error("the unreadable record was removed")
	}
}

func TestDownloadRemovesIncompleteFile(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	cut := errors.New("cut")
	_, err := s.Download("task", "submit", "result-0", func(w io.Writer) error {
		_, _ = io.Copy(w, strings.NewReader("half"))
		return cut
	})
	if !errors.Is(err, cut) {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "task", "submit", "result-0")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the incomplete file was not removed")
	}
	b, err := s.Download("task", "submit", "result-0", func(w io.Writer) error {
		_, err := io.Copy(w, strings.NewReader("whole"))
		return err
	})
	if err != nil || b.Size != 5 || len(b.SHA256) != 64 {
		t.Errorf("%+v, %v", b, err)
	}
}

// One submission of a task is discarded while another one commits: removing the
// empty folder of the task does not break the commit.
func TestDiscardBesideCommit(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	for i := range 300 {
		loser := s.NewWriter("task", fmt.Sprintf("lost-%d", i))
		if err := loser.Prepare(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- loser.Discard() }()
		winner := s.NewWriter("task", fmt.Sprintf("won-%d", i))
		err := winner.Commit(&spool.Record{Ticket: &provider.Ticket{ID: "job"}})
		if err = errors.Join(err, <-done); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Read("task", fmt.Sprintf("won-%d", i)); err != nil {
			t.Fatal(err)
		}
		if err := s.Remove("task", fmt.Sprintf("won-%d", i)); err != nil {
			t.Fatal(err)
		}
	}
}

// A journaled answer is not overwritten by another one to the same submission.
func TestCommitDoesNotOverwrite(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	first := s.NewWriter("task", "submit")
	if err := first.Commit(&spool.Record{Ticket: &provider.Ticket{ID: "first"}}); err != nil {
		t.Fatal(err)
	}
	second := s.NewWriter("task", "submit")
	if err := second.Commit(&spool.Record{Ticket: &provider.Ticket{ID: "second"}}); err == nil {
		t.Error("the second answer was committed")
	}
	if err := second.Discard(); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Read("task", "submit"); err != nil || r.Ticket.ID != "first" {
		t.Errorf("%+v, %v", r, err)
	}
}

// An invalidated record is not found again, nor after a restart; invalidating one
// that does not exist is no error.
func TestInvalidate(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	if err := s.NewWriter("task", "submit").Commit(&spool.Record{Ticket: &provider.Ticket{ID: "job"}}); err != nil {
		t.Fatal(err)
	}
	for _, submit := range []string{"submit", "another"} {
		if err := s.Invalidate("task", submit); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Read("task", "submit"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("found again: %v", err)
	}
	again, err := spool.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Records(func(r spool.Record, err error) { t.Errorf("found after a restart: %+v, %v", r, err) }); err != nil {
		t.Error(err)
	}
}

// After a power loss a file may differ from what its record says: the record is
// reported as damaged and kept. A prepared folder without a record is removed.
func TestDamagedFile(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	e := s.NewWriter("torn", "1")
	w, err := e.Create(0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("bytes")); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	e.Extracted([]jsonblob.Blob{{Placeholder: "extracted"}})
	r := spool.Record{Answer: &provider.Answer{Results: []provider.Result{{Base64: "extracted"}}}}
	if err := e.Commit(&r); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.Path("torn", "1", r.Blobs[0].Name), []byte("bytEs"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.NewWriter("prepared", "1").Prepare(); err != nil {
		t.Fatal(err)
	}
	damaged := 0
	err = s.Records(func(r spool.Record, err error) {
		if damaged++; r.Task != "torn" || err == nil {
			t.Errorf("found %+v, %v", r, err)
		}
	})
	if err != nil || damaged != 1 {
		t.Errorf("%d damaged, %v", damaged, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "torn", "1")); err != nil {
		t.Error("a damaged answer was removed")
	}
	if _, err := os.Stat(filepath.Join(dir, "prepared")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a folder without a record was not removed")
	}
}

// disk records the paths that were synced, in order, and can refuse to sync.
type disk struct {
	dir     string
	refuses bool

	mu     sync.Mutex
	synced []string
}

// order is what was synced, with what is synced concurrently in sorted order.
func (d *disk) order() []string {
	dirs := max(0, len(d.synced)-3)
	slices.Sort(d.synced[:dirs]) // the files
	slices.Sort(d.synced[dirs:])
	return d.synced
}

func (d *disk) sync(f *os.File) error {
	name, err := filepath.Rel(d.dir, f.Name())
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.synced = append(d.synced, name)
	d.mu.Unlock()
	if d.refuses {
		return errors.New("the disk refuses")
	}
	return f.Sync()
}

// answer receives one large and one small result.
func answer(t *testing.T, s *spool.Spool) (*spool.Writer, *spool.Record) {
	t.Helper()
	e := s.NewWriter("task", "submit")
	w, err := e.Create(0)
	if err == nil {
		_, err = w.Write([]byte("large"))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	e.Extracted([]jsonblob.Blob{{Placeholder: "extracted"}})
	return e, &spool.Record{Answer: &provider.Answer{Results: []provider.Result{{Base64: "extracted"}, {Base64: "c21hbGw="}}}}
}

// A commit syncs the files, the record before its rename, and then every directory
// that got a new entry.
func TestCommitIsDurable(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	d := &disk{dir: dir}
	s.Sync = d.sync
	e, r := answer(t, s)
	if len(d.synced) > 0 {
		t.Errorf("synced before the commit: %q", d.synced)
	}
	if err := e.Commit(r); err != nil {
		t.Fatal(err)
	}
	if want := []string{"task/submit/blob-0", "task/submit/record.json.tmp", ".", "task", "task/submit"}; !slices.Equal(d.order(), want) {
		t.Errorf("synced %q, want %q", d.synced, want)
	}
	d.synced = nil
	found := 0
	err := s.Records(func(_ spool.Record, err error) {
		found++
		if want := []string{"task/submit/blob-0", "task/submit/record.json", ".", "task", "task/submit"}; err != nil || !slices.Equal(d.order(), want) {
			t.Errorf("Records returned the record after it synced %q, %v; want %q", d.synced, err, want)
		}
	})
	if err != nil || found != 1 {
		t.Errorf("%d found, %v", found, err)
	}
	d.refuses = true
	if err := s.Records(func(_ spool.Record, err error) {
		if err == nil {
			t.Error("no error for a record that cannot be synced")
		}
	}); err != nil {
		t.Error(err)
	}
}

// If the disk refuses to sync, Commit fails, but the answer can be read, and the
// next start finds it if it reached the disk.
func TestCommitWithFailingSync(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	d := &disk{dir: dir, refuses: true}
	s.Sync = d.sync
	e, r := answer(t, s)
	if err := e.Commit(r); err == nil {
		t.Fatal("Commit returned no error")
	}
	if len(r.Blobs) != 2 || r.Answer.Results[0].Base64 != r.Blobs[0].Name || r.Answer.Results[1].Base64 != r.Blobs[1].Name {
		t.Errorf("%+v of %+v", r.Answer, r.Blobs)
	}
	if data, err := os.ReadFile(s.Path("task", "submit", r.Blobs[0].Name)); err != nil || string(data) != "large" || string(r.Blobs[1].Data) != "small" {
		t.Errorf("%q, %q, %v", data, r.Blobs[1].Data, err)
	}
	again, err := spool.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	err = again.Records(func(r spool.Record, err error) {
		if found++; err != nil || len(r.Blobs) != 2 {
			t.Errorf("%+v, %v", r, err)
		}
	})
	if err != nil || found != 1 {
		t.Errorf("%d found, %v", found, err)
	}
}

// Remove and Discard leave no file or folder behind.
func TestRemoveAndDiscard(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	e, r := answer(t, s)
	half := s.NewWriter("other", "submit")
	if _, err := half.Create(0); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(e.Commit(r), s.Remove("task", "submit"), s.Remove("task", "never"), half.Discard()); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "id" {
		t.Errorf("%v is left, %v", left, err)
	}
}

// A downloaded file is synced and not fetched again, so a file to which an object
// is linked is never written again.
func TestDownloadOnce(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	d := &disk{dir: dir}
	s.Sync = d.sync
	whole := func(w io.Writer) error {
		_, err := io.Copy(w, strings.NewReader("whole"))
		return err
	}
	first, err := s.Download("task", "submit", "result-0", whole)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.synced) != 1 {
		t.Errorf("synced %q: the content is not durable", d.synced)
	}
	stored := filepath.Join(dir, "stored")
	if err := os.Link(s.Path("task", "submit", "result-0"), stored); err != nil {
		t.Fatal(err)
	}
	again, err := s.Download("task", "submit", "result-0", func(io.Writer) error {
		t.Error("it is fetched again")
		return errors.New("the address is dead")
	})
	if err != nil || !reflect.DeepEqual(again, first) {
		t.Errorf("%v, %+v, want %+v", err, again, first)
	}
	if data, err := os.ReadFile(stored); err != nil || string(data) != "whole" {
		t.Errorf("the stored copy holds %q, %v", data, err)
	}
	d.refuses = true
	if _, err := s.Download("task", "submit", "result-1", whole); err == nil {
		t.Error("no error for a file that cannot be synced")
	}
	if _, err := os.Stat(s.Path("task", "submit", "result-1")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not synced has its final name: %v", err)
	}
}
