package ledger

import (
	"sync"

	"aigc/app/fault"
)

// disklog knows whether all that was committed can still become durable. What
// was committed without a wait lies in front of what is written after it. If the
// disk refuses it, nothing behind it is surely found again, and the kernel tells
// only once: so there are no writes any more until a new start, which copies what
// the log says into the file itself.
type disklog struct {
	mu      sync.Mutex
	resting bool // something was committed and not waited for
	broken  bool
}

var errIll = fault.New(fault.Unavailable, "ledger_not_durable",
	"The disk refused what the ledger wrote, so nothing is accepted or bought any more. Look after the disk, then start the server again.")

// ill is why nothing can be written.
func (l *disklog) ill() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken {
		return errIll
	}
	return nil
}

// committed takes note of a commit; one that waited made durable what was before.
func (l *disklog) committed(waited bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.resting = !waited
}

// refused takes note of an error of the disk. Where nothing rests, it concerns
// the one transaction that failed by it.
func (l *disklog) refused() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = l.broken || l.resting
}

// settle runs what makes all durable that rests.
func (l *disklog) settle(sync func() error) error {
	if err := l.ill(); err != nil {
		return err
	}
	if err := sync(); err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.broken = true
		return fault.Wrap(err, errIll.Kind, errIll.Code, "%s", errIll.Safe)
	}
	return nil
}
