package spool_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"os"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// What is extracted from one answer, over all its files, is limited, and so is its copy,
// without which intact results are as good.
func TestLimitOfAnAnswer(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	for name, tt := range map[string]struct {
		files    []int // bytes of each
		copied   int
		fits     bool
		received bool
	}{
		"within":                  {[]int{limit/2 - 1, limit / 2}, limit, true, true},
		"two files are beyond":    {[]int{limit/2 + 1, limit / 2}, limit, false, true},
		"one file is beyond":      {[]int{2 * limit}, limit, false, true},
		"only the copy is beyond": {[]int{limit}, limit + 1, true, false},
		"a copy without files":    {nil, 3 * limit, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, dir := open(t)
			w := s.NewWriter("task", "submit")
			w.Limit = limit
			to := w.BeginAnswer(true)
			for left := tt.copied; left > 0; left -= 4096 {
				_, _ = to.Write(make([]byte, min(left, 4096)))
			}
			w.EndAnswer(true, nil)
			var texts []string
			for _, n := range tt.files {
				texts = append(texts, `"`+base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("x"), n))+`"`)
			}
			blobs, err := jsonblob.Extract(io.Discard, strings.NewReader("["+strings.Join(texts, ",")+"]"), jsonblob.Options{}, w.Create)
			if (err == nil) != tt.fits || err != nil && fault.KindOf(err) != fault.TooLarge {
				t.Errorf("extracting: %v", err)
			}
			if w.Received() != tt.received {
				t.Errorf("the copy is whole: %t", w.Received())
			}
			var written int64
			files, err := os.ReadDir(s.Path("task", "submit", ""))
			for _, f := range files {
				info, err := f.Info()
				if err != nil {
					t.Fatal(err)
				}
				written += info.Size()
			}
			if err != nil || written > 2*limit {
				t.Errorf("%d bytes in %s: %v", written, dir, err)
			}
			r := spool.Record{Unread: &task.Error{Code: "answer_unreadable"}}
			if tt.fits {
				w.Extracted(blobs)
				r = spool.Record{Answer: &provider.Answer{}}
				for _, b := range blobs {
					r.Answer.Results = append(r.Answer.Results, provider.Result{Base64: b.Placeholder})
				}
			}
			if err := w.Commit(&r); err != nil {
				t.Fatal(err)
			}
			if got, err := s.Read("task", "submit"); err != nil || (got.Answer != nil) != tt.fits || tt.fits && len(got.Blobs) != len(tt.files) || !tt.fits && got.Raw == nil {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}
