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
	"slices"
	"strings"
	"testing"

	"aigc/app/provider"
	"aigc/app/provider/hoist"
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

// commit makes an answer durable.
func commit(e *spool.Entry, r *spool.Record) error {
	if err := e.Write(r); err != nil {
		return err
	}
	return e.Sync()
}

// Lifted, small and damaged base64 all become blobs with size and hash.
func TestCommitSettlesEveryResult(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	e := s.Begin("task", "submit")
	large := bytes.Repeat([]byte("picture "), 20_000)
	doc := `{"a":"` + base64.StdEncoding.EncodeToString(large) + `"}`
	var rest bytes.Buffer
	blobs, err := hoist.Lift(&rest, strings.NewReader(doc), hoist.Options{}, e.Create)
	if err != nil || len(blobs) != 1 {
		t.Fatalf("%v, %d blobs", err, len(blobs))
	}
	e.Lifted(blobs)
	small := base64.StdEncoding.EncodeToString([]byte("small"))
	r := spool.Record{Answer: &provider.Answer{Results: []provider.Result{
		{Base64: blobs[0].Ref}, {Base64: small}, {Base64: "data:image/png;base64," + small}, {Base64: "*broken*"}, {URL: "https://example.com/a.png"},
	}}}
	if err := commit(e, &r); err != nil {
		t.Fatal(err)
	}
	got, err := s.Load("task", "submit")
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		size    int64
		corrupt bool
	}{{int64(len(large)), false}, {5, false}, {5, false}, {0, true}}
	if len(got.Blobs) != len(want) {
		t.Fatalf("%d blobs", len(got.Blobs))
	}
	for i, w := range want {
		b := got.Blobs[i]
		if b.Size != w.size || b.Corrupt != w.corrupt || len(b.SHA256) != 64 || got.Answer.Results[i].Base64 != b.Name {
			t.Errorf("blob %d: %+v for %q", i, b, got.Answer.Results[i].Base64)
		}
	}
	for _, b := range got.Blobs[1:] { // within the record
		if !b.Within() || string(b.Data) != "small" && b.Size > 0 {
			t.Errorf("%+v", b)
		}
	}
	data, err := os.ReadFile(s.Path("task", "submit", got.Blobs[0].Name))
	if err != nil || !bytes.Equal(data, large) {
		t.Errorf("the lifted bytes are not what was sent: %v", err)
	}
}

// What was not committed is swept; what was is found; an unreadable record is
// kept and reported.
func TestRecords(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	if err := commit(s.Begin("done", "1"), &spool.Record{Ticket: &provider.Ticket{ID: "job"}}); err != nil {
		t.Fatal(err)
	}
	half := s.Begin("half", "1")
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
		t.Error("the half answer is still there")
	}
	if _, err := os.Stat(bad); err != nil {
		t.Error("the unreadable record was removed")
	}
}

func TestFetchedLeavesNoHalfFile(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	cut := errors.New("cut")
	_, err := s.Fetched("task", "submit", "result-0", func(w io.Writer) error {
		_, _ = io.Copy(w, strings.NewReader("half"))
		return cut
	})
	if !errors.Is(err, cut) {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "task", "submit", "result-0")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the half file is still there")
	}
	b, err := s.Fetched("task", "submit", "result-0", func(w io.Writer) error {
		_, err := io.Copy(w, strings.NewReader("whole"))
		return err
	})
	if err != nil || b.Size != 5 || len(b.SHA256) != 64 {
		t.Errorf("%+v, %v", b, err)
	}
}

// The object store adopts a fetched file by a second name. A process that died
// before the ledger knew fetches once more, and may die in the middle of that:
// what is stored stays whole.
func TestFetchingAgainLeavesTheStoredCopyAlone(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	fill := func(w io.Writer) error {
		_, err := io.Copy(w, strings.NewReader("whole"))
		return err
	}
	if _, err := s.Fetched("task", "submit", "result-0", fill); err != nil {
		t.Fatal(err)
	}
	stored := filepath.Join(dir, "stored")
	if err := os.Link(s.Path("task", "submit", "result-0"), stored); err != nil {
		t.Fatal(err)
	}
	_, _ = s.Fetched("task", "submit", "result-0", func(w io.Writer) error {
		_, _ = io.Copy(w, strings.NewReader("ha"))
		if data, err := os.ReadFile(stored); err != nil || string(data) != "whole" {
			t.Errorf("meanwhile the stored copy holds %q, %v", data, err)
		}
		return errors.New("cut")
	})
	if data, err := os.ReadFile(stored); err != nil || string(data) != "whole" {
		t.Errorf("the stored copy holds %q, %v", data, err)
	}
}

// One submission of a task is given up while another one begins: neither takes
// the other's folder away.
func TestGivingUpBesideABeginning(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	for i := range 300 {
		loser := s.Begin("task", fmt.Sprintf("lost-%d", i))
		if err := loser.Prepare(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- loser.Abort() }()
		winner := s.Begin("task", fmt.Sprintf("won-%d", i))
		err := commit(winner, &spool.Record{Ticket: &provider.Ticket{ID: "job"}})
		if err = errors.Join(err, <-done); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load("task", fmt.Sprintf("won-%d", i)); err != nil {
			t.Fatal(err)
		}
		if err := s.Remove("task", fmt.Sprintf("won-%d", i)); err != nil {
			t.Fatal(err)
		}
	}
}

// A journaled answer of which the ledger knows nothing yet is not overwritten
// by a later one to the same submission.
func TestAJournaledAnswerStays(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	first := s.Begin("task", "submit")
	if err := commit(first, &spool.Record{Ticket: &provider.Ticket{ID: "first"}}); err != nil {
		t.Fatal(err)
	}
	second := s.Begin("task", "submit")
	if err := commit(second, &spool.Record{Ticket: &provider.Ticket{ID: "second"}}); err == nil {
		t.Error("the second answer was taken")
	}
	if err := second.Abort(); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Load("task", "submit"); err != nil || r.Ticket.ID != "first" {
		t.Errorf("%+v, %v", r, err)
	}
}

// What was taken back is not found again, nor by the next life; taking back what
// is not there is fine.
func TestVoid(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	if err := commit(s.Begin("task", "submit"), &spool.Record{Ticket: &provider.Ticket{ID: "job"}}); err != nil {
		t.Fatal(err)
	}
	for _, submit := range []string{"submit", "another"} {
		if err := s.Void("task", submit); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Load("task", "submit"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("found again: %v", err)
	}
	again, err := spool.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Records(func(r spool.Record, err error) { t.Errorf("found by the next life: %+v, %v", r, err) }); err != nil {
		t.Error(err)
	}
}

// After a loss of power a record may be there while its file is not: it does
// not count, and it is kept for a person. A record that was made ahead and
// never written is swept.
func TestRecordWithoutItsFile(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	e := s.Begin("torn", "1")
	w, err := e.Create(0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("bytes")); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	e.Lifted([]hoist.Blob{{Ref: "lifted"}})
	r := spool.Record{Answer: &provider.Answer{Results: []provider.Result{{Base64: "lifted"}}}}
	if err := commit(e, &r); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.Path("torn", "1", r.Blobs[0].Name), []byte("bytEs"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Begin("ahead", "1").Prepare(); err != nil {
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
		t.Error("what is left of a paid answer was removed")
	}
	if _, err := os.Stat(filepath.Join(dir, "ahead")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("an empty record was not swept")
	}
}

// Folders are used again; whatever name a loss of power gives a folder back,
// the record in it is found and counts as what it says.
func TestFoldersAreUsedAgain(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	size := 100_000 // each record lies over what is left of a longer one
	keep := func(task string) {
		t.Helper()
		size /= 2
		content := bytes.Repeat([]byte(task), 1+size/len(task))
		r := spool.Record{Answer: &provider.Answer{Results: []provider.Result{{Base64: base64.StdEncoding.EncodeToString(content)}}}}
		if err := commit(s.Begin(task, "1"), &r); err != nil {
			t.Fatal(err)
		}
		if r, err := s.Load(task, "1"); err != nil || !bytes.Equal(r.Blobs[0].Data, content) {
			t.Errorf("the record of %s is not what was written: %v", task, err)
		}
	}
	var first os.FileInfo
	for i := range 5 {
		task := fmt.Sprint("task-", i)
		keep(task)
		st, err := os.Stat(filepath.Join(dir, task, "1", "record.json"))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = st
		}
		if !os.SameFile(first, st) {
			t.Error("a folder was made anew")
		}
		if err := s.Remove(task, "1"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load(task, "1"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a forgotten record is found: %v", err)
		}
	}
	places := map[string]string{
		"outer":  filepath.Join(".spare", "7", "empty"), // neither rename got to the disk
		"inner":  filepath.Join("inner", "empty"),       // the first one did
		"second": filepath.Join(".spare", "8", "1"),     // the second one did
		"usual":  filepath.Join("usual", "1"),
	}
	for task, place := range places {
		keep(task)
		at := filepath.Join(dir, place)
		if at == filepath.Join(dir, task, "1") {
			continue
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.Rename(filepath.Join(dir, task, "1"), at)); err != nil {
			t.Fatal(err)
		}
	}
	again, err := spool.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	err = again.Records(func(r spool.Record, damage error) {
		if _, err := again.Load(r.Task, r.Submit); err != nil || damage != nil {
			t.Errorf("%s: %v %v", r.Task, err, damage)
		}
		found[r.Task] = true
	})
	if err != nil || len(found) != len(places) {
		t.Errorf("found %v, %v", found, err)
	}
}

// A folder that cannot become a spare one is removed, and leaves nothing.
func TestFolderThatCannotBeUsedAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := spool.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range []string{"one", "two"} {
		e := s.Begin(task, "1")
		if err := errors.Join(e.Prepare(), e.Abort(), os.RemoveAll(filepath.Join(dir, ".spare"))); err != nil {
			t.Fatal(err)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "id" {
		t.Errorf("%v is left, %v", left, err)
	}
}

// A record that cannot be brought to its place is left where it is, and nothing
// is removed beside it.
func TestRecordThatCannotBeMoved(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	if err := commit(s.Begin("task", "1"), &spool.Record{}); err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(dir, ".spare", "7", "empty")
	err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.Rename(filepath.Join(dir, "task", "1"), at),
		os.Remove(filepath.Join(dir, "task")), os.WriteFile(filepath.Join(dir, "task"), nil, 0o600)) // in its way
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Records(func(spool.Record, error) { t.Error("told of a record") }); !errors.Is(err, spool.ErrMisplaced) {
			t.Errorf("%v", err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "task")); err != nil {
		t.Fatal(err)
	}
	found := 0
	if err := s.Records(func(r spool.Record, damage error) { found++ }); err != nil || found != 1 {
		t.Errorf("%d found, %v", found, err)
	}
}
