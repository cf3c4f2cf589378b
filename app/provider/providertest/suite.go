package providertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"aigc/app/fault"
)

// suite are all test cases.
var suite = slices.Concat(successCases, formCases, notAcceptedCases, inDoubtCases, pollCases, keyCases)

// successCases are accepted submissions.
var successCases = []testCase{
	{name: "happy path", run: func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("")
		if err != nil {
			return err
		}
		a, err := o.run(ctx)
		if err != nil {
			return err
		}
		if n := max(1, s.Results); len(a.Results) != n {
			return fmt.Errorf("%d results, want %d", len(a.Results), n)
		}
		if a.Cost != nil && (a.Cost.Micros < 0 || a.Cost.Currency == "") {
			return fmt.Errorf("invalid cost %+v", *a.Cost)
		}
		if err := o.checkResults(ctx, a); err != nil {
			return err
		}
		return o.expectPurchases(1)
	}},
	{name: "damaged results are returned as they are", run: func(ctx context.Context, s *fixture) error {
		return errors.Join(damagedResult(ctx, s, "html"), damagedResult(ctx, s, "short"))
	}},
	{name: "damaged base64 is returned as it is", needs: Inline, run: func(ctx context.Context, s *fixture) error {
		return damagedResult(ctx, s, "badbase64")
	}},
	{name: "expired URL is returned as it is", needs: Address, run: func(ctx context.Context, s *fixture) error {
		return damagedResult(ctx, s, "expired")
	}},
	{name: "probe", needs: Probe, run: func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("")
		if err != nil {
			return err
		}
		if s.route.Vendor.Probe == nil {
			return errors.New("Vendor.Probe is nil")
		}
		if err := s.route.Vendor.Probe(ctx, o.call()); err != nil {
			return fmt.Errorf("with a valid key: %w", err)
		}
		o.account.Secret += "-invalid"
		_, err = o.expectFault(s.route.Vendor.Probe(ctx, o.call()), fault.VendorAuth)
		return err
	}},
}

// damagedResult checks that a driver returns a paid answer whose result is damaged: the
// host validates results, and must learn that the answer was paid.
func damagedResult(ctx context.Context, s *fixture, directive string) error {
	o, err := s.newTask(directive)
	if err != nil {
		return err
	}
	a, err := o.run(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", directive, err)
	}
	if len(a.Results) == 0 {
		return fmt.Errorf("%s: no result", directive)
	}
	data, err := o.readResult(ctx, a.Results[0])
	if err == nil && checkMedia(s.operation.Operation.Media, data) == nil {
		return fmt.Errorf("%s: the imitation's result is valid, so the case tests nothing", directive)
	}
	return o.expectPurchases(1)
}

// expectFault returns the fault of err, and an error unless it has the given kind, a
// message for people, and no key in it.
func (o *testTask) expectFault(err error, kind fault.Kind) (*fault.Error, error) {
	var f *fault.Error
	switch {
	case err == nil:
		return nil, fmt.Errorf("no error, want %s", kind)
	case !errors.As(err, &f):
		return nil, fmt.Errorf("%w is not a fault, want %s", err, kind)
	case f.Kind != kind:
		return f, fmt.Errorf("kind %s (%w), want %s", f.Kind, err, kind)
	case strings.TrimSpace(f.Message) == "" || len(f.Message) > maxMessage:
		return f, fmt.Errorf("message of %d bytes", len(f.Message))
	case !o.account.Sandbox && strings.Contains(f.Error(), o.account.Secret.Reveal()):
		return f, errors.New("the fault contains the key")
	}
	return f, nil
}

// maxMessage is the limit of a fault's message in bytes.
const maxMessage = 1000

// expectNotCharged returns err, or an error if the fault says that the vendor charged.
func expectNotCharged(f *fault.Error, err error) error {
	if err == nil && f.Charged != "" && f.Charged != fault.ChargedNo {
		return fmt.Errorf("charged %s, want no: it was not accepted", f.Charged)
	}
	return err
}
