package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Every kind is told to callers: a status, a title, and never an advice to
// repeat what a repetition cannot mend.
func TestTraits(t *testing.T) {
	t.Parallel()
	for kind, trait := range traits {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			if ok := trait.status >= 400 && trait.status < 600 || kind == InDoubt && trait.status == 202; !ok || trait.title == "" {
				t.Errorf("%d %q", trait.status, trait.title)
			}
			if trait.retryable && trait.status >= 400 && trait.status < 500 && trait.status != 408 && trait.status != 429 {
				t.Errorf("%d is the caller's own fault and cannot be mended by repeating", trait.status)
			}
		})
	}
	if k := Kind("unheard of"); k.Status() != 500 || k.Title() != Internal.Title() {
		t.Errorf("an unknown kind: %d", k.Status())
	}
}

// What is no fault becomes one that keeps its secrets.
func TestFrom(t *testing.T) {
	t.Parallel()
	known := New(Conflict, "taken", "It is taken.")
	cases := map[string]struct {
		err  error
		kind Kind
		code string
	}{
		"a fault":         {known, Conflict, "taken"},
		"a wrapped fault": {fmt.Errorf("while: %w", known), Conflict, "taken"},
		"a deadline":      {fmt.Errorf("read: %w", context.DeadlineExceeded), Timeout, "timeout"},
		"a cancel":        {context.Canceled, Canceled, "canceled"},
		"anything else":   {errors.New("secret at 10.0.0.1"), Internal, "internal"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := From(c.err)
			if f.Kind != c.kind || f.StableCode() != c.code || strings.Contains(f.Message, "secret") || KindOf(c.err) != c.kind {
				t.Errorf("%+v", f)
			}
			if !errors.Is(c.err, known) && !strings.Contains(f.Error(), c.err.Error()) {
				t.Errorf("the log loses the cause: %s", f.Error())
			}
		})
	}
	if From(nil) != nil || KindOf(nil) != "" || InvalidInput() != nil {
		t.Error("nothing became a fault")
	}
}

// All faults of an input are one fault, in order, and nothing was charged.
func TestFaults(t *testing.T) {
	t.Parallel()
	f := From(InvalidInput(Detail{"body.a", "is required"}, Detail{"body.b", "expected number"}))
	if f.Kind != Invalid || f.Charged != ChargedNo || len(f.Details) != 2 || f.Message != "body.a: is required; body.b: expected number" {
		t.Errorf("%+v", f)
	}
}
