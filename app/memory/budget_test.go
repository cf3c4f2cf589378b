package memory

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
)

func TestBudget(t *testing.T) {
	t.Parallel()
	b := NewBudget(100)
	if _, err := b.Reserve(t.Context(), 101); !errors.Is(err, ErrTooLarge) {
		t.Errorf("more than all: %v", err)
	}
	first, err := b.Reserve(t.Context(), 60)
	if err != nil {
		t.Fatal(err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Reserve(canceled, 50); !errors.Is(err, context.Canceled) {
		t.Errorf("a canceled wait: %v", err)
	}
	granted := make(chan struct{})
	go func() {
		defer close(granted)
		second, err := b.Reserve(t.Context(), 50)
		if err != nil {
			t.Error(err)
		}
		second.Release()
	}()
	first.Shrink(70) // more than it has: nothing
	first.Shrink(50)
	<-granted
	first.Release()
	first.Release() // nothing
	all, err := b.Reserve(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	all.Release()
}

// Without a budget, and without a document, nothing is counted.
func TestNil(t *testing.T) {
	t.Parallel()
	var b *Budget
	r, err := b.Reserve(t.Context(), 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	r.Shrink(1)
	r.Release()
	var d *Document
	var out bytes.Buffer
	if _, err := d.Writer(t.Context(), &out).Write([]byte("x")); err != nil || out.String() != "x" {
		t.Errorf("%q, %v", out.String(), err)
	}
	d.Received()
	d.Release()
}

// Small documents never wait. Large ones wait for a while, then the caller is told to
// come again; once a document is complete, it holds only what it needs.
func TestDocument(t *testing.T) {
	t.Parallel()
	const most = 1 << 20
	b := NewBudget(12 * most)
	b.wait = 10 * time.Millisecond
	write := func(d *Document, n int) error {
		_, err := d.Writer(t.Context(), &bytes.Buffer{}).Write([]byte(strings.Repeat("x", n)))
		return err
	}
	large := NewDocument(b, most)
	if err := write(large, 100<<10); err != nil {
		t.Fatal(err)
	}
	if err := write(NewDocument(b, most), 64<<10); err != nil {
		t.Errorf("a small document: %v", err)
	}
	f := fault.From(write(NewDocument(b, most), 100<<10))
	if f == nil || f.Kind != fault.Unavailable || f.Code != "server_busy" || f.RetryAfter <= 0 || f.Charged != fault.ChargedNo {
		t.Errorf("a second large document: %+v", f)
	}
	large.Received()
	next := NewDocument(b, most/2)
	if err := write(next, 100<<10); err != nil {
		t.Errorf("after the first one was received: %v", err)
	}
	next.Release()
	large.Release()
	if err := write(NewDocument(b, 2*most), 100<<10); err != nil {
		t.Errorf("more than the whole budget, after all were released: %v", err)
	}
}
