package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Every kind has an HTTP status and a title, and is not retryable if the request itself
// is at fault.
func TestKinds(t *testing.T) {
	t.Parallel()
	for kind, p := range kinds {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			if ok := p.status >= 400 && p.status < 600 || kind == InDoubt && p.status == 202; !ok || p.title == "" {
				t.Errorf("%d %q", p.status, p.title)
			}
			if p.retryable && p.status >= 400 && p.status < 500 && p.status != 408 && p.status != 429 {
				t.Errorf("%d blames the request, so a retry cannot help", p.status)
			}
		})
	}
	if k := Kind("unheard of"); k.Status() != 500 || k.Title() != Internal.Title() {
		t.Errorf("an unknown kind: %d", k.Status())
	}
}

// Other errors become faults whose messages do not repeat them.
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
				t.Errorf("the cause is missing in the text for the log: %s", f.Error())
			}
		})
	}
	if From(nil) != nil || KindOf(nil) != "" || InvalidInput() != nil {
		t.Error("nil became a fault")
	}
}

// All faults of an input are one fault, in order, not charged.
func TestInvalidInput(t *testing.T) {
	t.Parallel()
	f := From(InvalidInput(Detail{"body.a", "is required"}, Detail{"body.b", "expected number"}))
	if f.Kind != Invalid || f.Charged != ChargedNo || len(f.Details) != 2 || f.Message != "body.a: is required; body.b: expected number" {
		t.Errorf("%+v", f)
	}
}

// A fault of a field without a location gets the field's; other faults do not.
func TestAt(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"without a location": {New(Invalid, "unknown_file_type", "Not an image."), "body.file"},
		"with a location":    {InvalidInput(Detail{Location: "body.name", Message: "too long"}), "body.name"},
		"server fault":       {New(StorageFull, "storage_full", "No room."), ""},
		"rate limit":         {New(Throttled, "rate", "Too fast."), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if d := From(At("body.file", tc.err)).Details; len(d) > 0 {
				got = d[0].Location
			}
			if got != tc.want {
				t.Errorf("location %q, want %q", got, tc.want)
			}
		})
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	a, b, again := Detail{"body.a", "1"}, Detail{"body.b", "2"}, Detail{"body.a", "3"}
	large := &Error{Kind: TooLarge, Code: "file_too_large", Details: []Detail{b}}
	full := New(StorageFull, "storage_full", "No room.")
	for name, tc := range map[string]struct {
		errs []error
		kind Kind
		code string
		text string
	}{
		"none":               {[]error{nil, InvalidInput()}, "", "", ""},
		"one":                {[]error{nil, large}, TooLarge, "file_too_large", "body.b: 2"},
		"two":                {[]error{InvalidInput(a), InvalidInput(b)}, Invalid, "invalid_input", "body.a: 1; body.b: 2"},
		"of two kinds":       {[]error{large, InvalidInput(a)}, Invalid, "invalid_input", "body.b: 2; body.a: 1"},
		"one location twice": {[]error{InvalidInput(a), InvalidInput(again, b)}, Invalid, "invalid_input", "body.a: 1; body.b: 2"},
		"without a location": {[]error{InvalidInput(a), full}, StorageFull, "storage_full", "No room."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := Join(tc.errs...)
			if (err == nil) != (tc.kind == "") || KindOf(err) != tc.kind {
				t.Fatal(err)
			}
			if f := From(err); f != nil && (f.StableCode() != tc.code || f.Message != tc.text) {
				t.Errorf("%v", f)
			}
		})
	}
}
