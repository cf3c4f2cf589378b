package mcpapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/fault"
	"aigc/app/service"
)

// ServeStdio serves one client over a pair of streams until in ends and what
// was asked is answered, or ctx ends. AIGC_API_KEY in the environment names the
// caller, as MCP has it; without one it is whoever runs the process, who holds
// the data anyway.
func (s *Server) ServeStdio(ctx context.Context, in io.Reader, out io.Writer) error {
	return s.stdio(ctx, in, out, os.Getenv("AIGC_API_KEY"))
}

func (s *Server) stdio(ctx context.Context, in io.Reader, out io.Writer, key string) error {
	x := &session{caller: service.Caller{Name: service.Local, Admin: true}, files: newIntake(s.assets)}
	x.free.Store(math.MaxInt64)
	x.atEnd = func(f func()) func() bool { return context.AfterFunc(ctx, f) }
	if key != "" {
		caller, err := s.auth.Authenticate(ctx, key)
		if err != nil {
			return err
		}
		x.caller = caller
		x.free.Store(0)
	}
	defer x.files.close()
	lines := &lineWriter{w: out, answered: make(chan struct{}, 1)}
	r, w := io.Pipe()
	defer func() { _ = r.Close() }() // lets the reader go, if it still has something to say
	go func() {
		err := readLines(ctx, in, w, lines, x.files.read)
		lines.drain(s.Wait+10*time.Second, ctx.Done())
		_ = w.CloseWithError(err)
	}()
	// Told to stop, it still answers what was asked: whoever waits gets a
	// handle at once (see atEnd). Only then does the SDK's loop end.
	defer context.AfterFunc(ctx, func() {
		lines.drain(lastWords, nil)
		_ = w.CloseWithError(io.EOF)
	})()
	err := s.mcp.Run(x.in(context.WithoutCancel(ctx)), &mcp.IOTransport{Reader: r, Writer: lines, MaxLineLength: maxDocument + 1<<20})
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// lastWords is how long the answers may take once the process is to stop.
const lastWords = 5 * time.Second

// readLines copies messages, without their files, which read keeps. A line that
// is no message is answered and passed over.
func readLines(ctx context.Context, in io.Reader, w io.Writer, answers *lineWriter, read func(context.Context, io.Reader) ([]byte, error)) error {
	buf := bufio.NewReaderSize(in, 64<<10)
	for {
		l := &line{r: buf}
		doc, err := read(ctx, l)
		if ctx.Err() != nil {
			return io.EOF // nothing new is begun
		}
		if l.err != nil {
			return l.err // the rest of a cut line is of no use
		}
		if _, rest := io.Copy(io.Discard, l); rest != nil {
			return rest
		}
		if err != nil {
			if len(bytes.TrimSpace(doc)) > 0 {
				_, _ = answers.Write(append(rpcError(fault.From(err)), '\n'))
			}
			if l.last {
				return io.EOF
			}
			continue
		}
		answers.expect(doc)
		if _, err := w.Write(append(doc, '\n')); err != nil {
			return err
		}
		if l.last {
			return io.EOF
		}
	}
}

// line reads up to the end of one line.
type line struct {
	r    *bufio.Reader
	done bool
	last bool  // the stream ended with it
	err  error // the stream broke
}

func (l *line) Read(p []byte) (int, error) {
	if l.done {
		return 0, io.EOF
	}
	if _, err := l.r.Peek(1); err != nil {
		l.done, l.last = true, true
		if !errors.Is(err, io.EOF) {
			l.err = err
		}
		return 0, io.EOF
	}
	have, _ := l.r.Peek(min(l.r.Buffered(), len(p)))
	n := len(have)
	if i := bytes.IndexByte(have, '\n'); i >= 0 {
		l.done, n = true, i
	}
	copy(p, have[:n])
	_, _ = l.r.Discard(n) // they are buffered
	if l.done {
		_, _ = l.r.Discard(1)
		return n, io.EOF
	}
	return n, nil
}

// lineWriter writes whole messages, one at a time, and knows which calls are
// still unanswered.
type lineWriter struct {
	mu       sync.Mutex
	w        io.Writer
	open     map[string]bool // ids of calls
	answered chan struct{}
}

type envelope struct {
	ID     json.RawMessage `json:"id"`
	Method *string         `json:"method"`
}

func (l *lineWriter) expect(doc []byte) {
	var e envelope
	if json.Unmarshal(doc, &e) != nil || e.Method == nil || len(e.ID) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = map[string]bool{}
	}
	l.open[string(e.ID)] = true
}

func (l *lineWriter) complete() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.open) == 0
}

// drain lets calls under way end: a client that only closed its end may still
// listen.
func (l *lineWriter) drain(most time.Duration, stop <-chan struct{}) {
	limit := time.NewTimer(most)
	defer limit.Stop()
	for !l.complete() {
		select {
		case <-l.answered:
		case <-stop:
			return
		case <-limit.C:
			return
		}
	}
}

func (l *lineWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.w.Write(p)
	var e envelope
	if json.Unmarshal(p, &e) == nil && e.Method == nil {
		delete(l.open, string(e.ID))
		select {
		case l.answered <- struct{}{}:
		default:
		}
	}
	return n, err
}

// Close implements [io.WriteCloser]; the stream is not ours to close.
func (l *lineWriter) Close() error { return nil }
