package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"aigc/app/fault"
)

// line is a body that comes over a line: each part some time after the one before it. It
// is the [http.ResponseWriter] of its request, too, since that has the deadline.
type line struct {
	httptest.ResponseRecorder
	part     int
	pause    time.Duration
	left     int // bytes; negative: nothing comes
	deadline time.Time
}

func (l *line) SetReadDeadline(t time.Time) error { l.deadline = t; return nil }
func (l *line) Close() error                      { return nil }

func (l *line) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, io.EOF
	}
	if wait := time.Until(l.deadline); l.left < 0 || l.pause > wait {
		time.Sleep(wait)
		return 0, os.ErrDeadlineExceeded
	}
	time.Sleep(l.pause)
	n := min(l.part, l.left, len(p))
	l.left -= n
	return n, nil
}

// A body may take as long as it needs while enough of it arrives in each window of 30 s;
// the time in which nothing reads it does not count.
func TestBodyProgress(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		line   line
		read   time.Duration // pause of the handler between two reads
		failed time.Duration // when it fails, at most; 0: it does not
	}{
		"50 MB at 8 KB/s":         {line{part: 1600, pause: 200 * time.Millisecond, left: 50 << 20}, 0, 0},
		"bursts":                  {line{part: 32 << 10, pause: 26 * time.Second, left: 1 << 20}, 0, 0},
		"a short one, slow":       {line{part: 10, pause: time.Second, left: 250}, 0, 0},
		"a handler that is slow":  {line{part: 1000, left: 100000}, time.Minute, 0},
		"nothing comes":           {line{left: -1}, 0, 34 * time.Second},
		"a trickle":               {line{part: 1, pause: time.Second, left: 1 << 20}, 0, 34 * time.Second},
		"a faster trickle":        {line{part: 900, pause: time.Second, left: 1 << 20}, 0, 34 * time.Second},
		"a trickle, slow handler": {line{part: 1, pause: time.Second, left: 1 << 20}, time.Minute, 34 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				b := newBody(&c.line, &http.Request{Body: &c.line, ContentLength: -1}, bodyWindow)
				buf := make([]byte, 32<<10)
				for {
					_, err := b.Read(buf)
					if err == io.EOF && c.failed == 0 {
						return
					}
					if err != nil {
						if took := time.Since(began); fault.KindOf(err) != fault.RequestTimeout || took > c.failed {
							t.Errorf("%v after %s", err, took)
						}
						return
					}
					time.Sleep(c.read)
				}
			})
		})
	}
}
