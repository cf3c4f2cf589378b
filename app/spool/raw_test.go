package spool_test

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"testing"
	"testing/iotest"

	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// The record names the copy of an answer only if something that was paid for is nowhere
// else; then it has every byte, and the next start verifies them.
func TestCopyOfAnAnswer(t *testing.T) {
	t.Parallel()
	small, large := []byte(`{"a":1}`), bytes.Repeat([]byte("an answer "), 20_000)
	results := func(list ...provider.Result) *provider.Answer { return &provider.Answer{Results: list} }
	intact, damaged := provider.Result{Base64: "c21hbGw="}, provider.Result{Base64: "c21*bGw="}
	for name, c := range map[string]struct {
		data  []byte
		whole bool
		r     spool.Record
		want  bool
	}{
		"not understood":              {large, true, spool.Record{Unread: &task.Error{Code: "x"}}, true},
		"not understood, small":       {small, true, spool.Record{Unread: &task.Error{Code: "x"}}, true},
		"cut off":                     {large, false, spool.Record{Unread: &task.Error{Code: "x"}}, false},
		"empty":                       {nil, true, spool.Record{Unread: &task.Error{Code: "x"}}, false},
		"a ticket":                    {small, true, spool.Record{Ticket: &provider.Ticket{ID: "job"}}, false},
		"intact results":              {large, true, spool.Record{Answer: results(intact, intact)}, false},
		"a damaged result":            {large, true, spool.Record{Answer: results(intact, damaged)}, true},
		"a URL":                       {small, true, spool.Record{Answer: results(provider.Result{URL: "http://x"})}, true},
		"no result":                   {large, true, spool.Record{Answer: results()}, true},
		"bytes beside a URL, cut off": {large, false, spool.Record{Answer: results(intact, provider.Result{URL: "http://x"})}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := open(t)
			w := s.NewWriter("task", "submit")
			to := w.BeginAnswer(true)
			for part := range bytes.SplitSeq(c.data, []byte("s")) { // in pieces
				_, _ = to.Write(part)
			}
			w.EndAnswer(c.whole, nil)
			if err := w.Commit(&c.r); err != nil {
				t.Fatal(err)
			}
			got, err := s.Read("task", "submit")
			if err != nil || (got.Raw != nil) != c.want {
				t.Fatalf("%+v %v", got.Raw, err)
			}
			_, err = os.Stat(s.Path("task", "submit", "answer"))
			if kept := err == nil; kept != (c.want && len(c.data) > 64<<10) {
				t.Errorf("a file: %t", kept)
			}
			if !c.want {
				return
			}
			data := got.Raw.Data
			if !got.Raw.Inline() {
				if data, err = os.ReadFile(s.Path("task", "submit", got.Raw.Name)); err != nil {
					t.Fatal(err)
				}
			}
			if want := bytes.ReplaceAll(c.data, []byte("s"), nil); !bytes.Equal(data, want) || got.Raw.Size != int64(len(want)) {
				t.Errorf("%d bytes, want %d", len(data), len(want))
			}
			var damage error
			if err := s.Records(func(_ spool.Record, err error) { damage = err }); err != nil || damage != nil {
				t.Errorf("%v %v", err, damage)
			}
			if got.Raw.Inline() {
				return
			}
			if err := os.Truncate(s.Path("task", "submit", "answer"), 10); err != nil {
				t.Fatal(err)
			}
			if err := s.Records(func(_ spool.Record, err error) { damage = err }); err != nil || damage == nil {
				t.Errorf("a copy that is cut off is not found: %v", err)
			}
		})
	}
}

// A free answer, such as that to a poll, does not replace the copy of the paid one, but a
// later answer of the same kind does. Discard removes it.
func TestCopyOfTheNewestAnswer(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	w := s.NewWriter("task", "submit")
	large := bytes.Repeat([]byte("an answer "), 20_000)
	for _, a := range []struct {
		paid  bool
		data  []byte
		whole bool
	}{{false, []byte("uploaded"), true}, {true, []byte("refused"), true}, {true, large, true}} {
		_, _ = w.BeginAnswer(a.paid).Write(a.data)
		w.EndAnswer(a.whole, nil)
		if raw := w.Raw(); raw == nil || raw.Size != int64(len(a.data)) {
			t.Errorf("%+v", raw)
		}
	}
	if w.BeginAnswer(false) != nil || w.Raw().Size != int64(len(large)) {
		t.Error("the paid answer was replaced")
	}
	if err := w.Discard(); err != nil || w.Received() {
		t.Errorf("after Discard: %v", err)
	}
	if _, err := os.Stat(s.Path("task", "submit", "")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is left: %v", err)
	}
}

// A copy with a content coding is decoded when it is needed, and only then; one that cannot
// be decoded stays as it is.
func TestCodedCopyOfAnAnswer(t *testing.T) {
	t.Parallel()
	large := bytes.Repeat([]byte("an answer "), 20_000)
	upper := func(err error) func(io.ReadCloser) io.ReadCloser {
		return func(in io.ReadCloser) io.ReadCloser {
			data, _ := io.ReadAll(in) // of memory, or of a file that was just written
			return io.NopCloser(io.MultiReader(bytes.NewReader(bytes.ToUpper(data)), iotest.ErrReader(cmp.Or(err, io.EOF))))
		}
	}
	for name, c := range map[string]struct {
		data []byte
		err  error
		want []byte
		file string
	}{
		"small":          {[]byte("abc"), nil, []byte("ABC"), ""},
		"large":          {large, nil, bytes.ToUpper(large), "answer-decoded"},
		"small, damaged": {[]byte("abc"), errors.New("damaged"), []byte("abc"), ""},
		"large, damaged": {large, errors.New("damaged"), large, "answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := open(t)
			w := s.NewWriter("task", "submit")
			_, _ = w.BeginAnswer(true).Write(c.data)
			w.EndAnswer(true, upper(c.err))
			if raw := w.Raw(); raw == nil || raw.Size != int64(len(c.want)) || w.Raw().SHA256 != raw.SHA256 {
				t.Fatalf("%+v", raw)
			}
			if err := w.Commit(&spool.Record{Unread: &task.Error{Code: "x"}}); err != nil {
				t.Fatal(err)
			}
			got, err := s.Read("task", "submit")
			if err != nil {
				t.Fatal(err)
			}
			data := got.Raw.Data
			if c.file != "" {
				if data, err = os.ReadFile(s.Path("task", "submit", got.Raw.Name)); err != nil || got.Raw.Name != c.file {
					t.Fatalf("%s: %v", got.Raw.Name, err)
				}
			}
			if !bytes.Equal(data, c.want) {
				t.Errorf("%.50q", data)
			}
			for _, other := range []string{"answer", "answer-decoded"} {
				if _, err := os.Stat(s.Path("task", "submit", other)); (err == nil) != (other == c.file) {
					t.Errorf("file %s: %v", other, err)
				}
			}
		})
	}
}
