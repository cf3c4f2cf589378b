package providertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"aigc/app/fault"
)

// proofs are all that is proved of a driver, in the order of a task's life.
var proofs = slices.Concat(plain, declined, doubtful, polled, confined)

// plain is what happens when all goes well.
var plain = []proof{
	{name: "happy path", check: func(ctx context.Context, s *stage) error {
		o, err := s.order("")
		if err != nil {
			return err
		}
		a, err := o.finish(ctx)
		if err != nil {
			return err
		}
		if n := max(1, s.Results); len(a.Results) != n {
			return fmt.Errorf("%d results, %d were asked for", len(a.Results), n)
		}
		if a.Cost != nil && (a.Cost.Micros < 0 || a.Cost.Currency == "") {
			return fmt.Errorf("it cost %+v", *a.Cost)
		}
		for i, r := range a.Results {
			data, err := o.read(ctx, r)
			if err == nil {
				err = genuine(s.entry.Operation.Media, data)
			}
			if err != nil {
				return fmt.Errorf("result %d: %w", i, err)
			}
		}
		return o.costs(1)
	}},
	{name: "spoilt results are left to the host", check: func(ctx context.Context, s *stage) error {
		return errors.Join(spoilt(ctx, s, "html"), spoilt(ctx, s, "short"))
	}},
	{name: "damaged base64 is left to the host", needs: Inline, check: func(ctx context.Context, s *stage) error {
		return spoilt(ctx, s, "badbase64")
	}},
	{name: "dead address is left to the host", needs: Address, check: func(ctx context.Context, s *stage) error {
		return spoilt(ctx, s, "expired")
	}},
	{name: "probe", needs: Probe, check: func(ctx context.Context, s *stage) error {
		o, err := s.order("")
		if err != nil {
			return err
		}
		if s.route.Vendor.Probe == nil {
			return errors.New("the vendor has no probe")
		}
		if err := s.route.Vendor.Probe(ctx, o.call()); err != nil {
			return fmt.Errorf("with the right key: %w", err)
		}
		o.account.Secret += "-no-more"
		_, err = o.says(s.route.Vendor.Probe(ctx, o.call()), fault.VendorAuth)
		return err
	}},
}

// spoilt proves that a driver takes a paid answer as it is, and that what is
// wrong with its bytes shows when the host looks at them.
func spoilt(ctx context.Context, s *stage, directive string) error {
	o, err := s.order(directive)
	if err != nil {
		return err
	}
	a, err := o.finish(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", directive, err)
	}
	if len(a.Results) == 0 {
		return fmt.Errorf("%s: no result to look at", directive)
	}
	data, err := o.read(ctx, a.Results[0])
	if err == nil && genuine(s.entry.Operation.Media, data) == nil {
		return fmt.Errorf("%s: the result is sound, so nothing was proved", directive)
	}
	return o.costs(1)
}

// says insists that an error is a fault of a kind, with words for people and
// with nothing in them or in the log that must not be seen.
func (o *order) says(err error, kind fault.Kind) (*fault.Error, error) {
	var f *fault.Error
	switch {
	case err == nil:
		return nil, fmt.Errorf("it succeeded, %s is right", kind)
	case !errors.As(err, &f):
		return nil, fmt.Errorf("%w is no fault, %s is right", err, kind)
	case f.Kind != kind:
		return f, fmt.Errorf("kind %s (%w), %s is right", f.Kind, err, kind)
	case strings.TrimSpace(f.Message) == "" || len(f.Message) > maxSafe:
		return f, fmt.Errorf("%d bytes of words for people", len(f.Message))
	case !o.account.Sandbox && strings.Contains(f.Error(), o.account.Secret.Reveal()):
		return f, errors.New("the fault tells the key")
	}
	return f, nil
}

// maxSafe is how long a text for people may be, in bytes.
const maxSafe = 1000

// free insists that a fault does not speak of money spent.
func free(f *fault.Error, err error) error {
	if err == nil && f.Charged != "" && f.Charged != fault.ChargedNo {
		return fmt.Errorf("charged %s, though it was not accepted", f.Charged)
	}
	return err
}
