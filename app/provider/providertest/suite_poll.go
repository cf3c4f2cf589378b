package providertest

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"aigc/app/fault"
	"aigc/app/provider"
)

// pollCases are for drivers that give tickets.
var pollCases = []testCase{
	{name: "a hanging job is polled", only: asyncDriver, run: func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("hang")
		if err != nil {
			return err
		}
		t, _, err := o.submit(ctx)
		switch {
		case err != nil:
			return err
		case t.ID == "":
			return errors.New("the ticket has no id")
		case t.Charged == fault.ChargedNo:
			return errors.New("the ticket of an accepted job is not charged")
		case t.Cost != nil && (t.Cost.Micros < 0 || t.Cost.Currency == ""):
			return fmt.Errorf("invalid cost %+v in the ticket", *t.Cost)
		}
		for range 3 {
			if u, err := o.poll(ctx, *t); err != nil || u.Phase != provider.Wait {
				return fmt.Errorf("phase %d, error %w", u.Phase, err)
			}
		}
		return o.expectPurchases(1)
	}},
	{name: "progress grows", only: asyncDriver, needs: Progress, run: func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("hang") // stays at half of the progress
		if err != nil {
			return err
		}
		t, _, err := o.submit(ctx)
		if err != nil {
			return err
		}
		if u, err := o.poll(ctx, *t); err != nil || u.Progress <= 0 || u.Progress >= 1 {
			return fmt.Errorf("progress %g of a running job, error %w", u.Progress, err)
		}
		if o, err = s.newTask(""); err != nil {
			return err
		}
		if t, _, err = o.submit(ctx); err != nil {
			return err
		}
		last := 0.0
		_, err = o.pollUntilEnd(ctx, *t, func(u provider.Update) error {
			if u.Progress < last || u.Progress > 1 {
				return fmt.Errorf("progress %g after %g", u.Progress, last)
			}
			last = u.Progress
			return nil
		})
		return err
	}},
	{name: "polls of a finished job agree", only: asyncDriver, run: func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("")
		if err != nil {
			return err
		}
		t, _, err := o.submit(ctx)
		if err != nil {
			return err
		}
		first, err := o.pollUntilEnd(ctx, *t, nil)
		if err != nil {
			return err
		}
		second, err := o.poll(ctx, *t)
		if err != nil {
			return err
		}
		if a, b := summarize(first), summarize(second); !reflect.DeepEqual(a, b) {
			return fmt.Errorf("first %+v, then %+v", a, b)
		}
		return o.expectPurchases(1)
	}},
	{name: "unknown status means wait", only: asyncDriver, run: func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("status banana")
		if err != nil {
			return err
		}
		recorder := o.recordAnswers()
		t, _, err := o.submit(ctx)
		if err != nil {
			return err
		}
		u, err := o.pollUntilEnd(ctx, *t, nil)
		switch {
		case err != nil:
			return err
		case u.Phase != provider.Done:
			return fmt.Errorf("the job ended in phase %d: %w", u.Phase, u.Err)
		case !recorder.contains("banana"):
			return errors.New("the imitation never sent the unknown status, so the case tests nothing")
		}
		return o.expectPurchases(1)
	}},
	{name: "a failed job", only: asyncDriver, needs: Failure, run: func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("fail")
		if err != nil {
			return err
		}
		t, _, err := o.submit(ctx)
		if err != nil {
			return err
		}
		u, err := o.pollUntilEnd(ctx, *t, nil)
		if err != nil {
			return fmt.Errorf("Poll returned an error instead of a failed job: %w", err)
		}
		if u.Phase != provider.Failed || u.Err == nil {
			return fmt.Errorf("phase %d, error %w", u.Phase, u.Err)
		}
		f, bad := o.expectFault(u.Err, fault.VendorFailed)
		if want := s.charge("fail"); bad == nil && f.Charged != want && (f.Charged != "" || want != fault.ChargedUnknown) {
			bad = fmt.Errorf("charged %q, want %s", f.Charged, want)
		}
		return errors.Join(bad, o.expectPurchases(1))
	}},
	{name: "a canceled job", only: asyncDriver, needs: Cancel, run: func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("cancel")
		if err != nil {
			return err
		}
		t, _, err := o.submit(ctx)
		if err != nil {
			return err
		}
		u, err := o.pollUntilEnd(ctx, *t, nil)
		if err == nil && u.Phase != provider.Canceled {
			err = fmt.Errorf("phase %d", u.Phase)
		}
		return errors.Join(err, o.expectPurchases(1))
	}},
}

// pollSummary is what must be equal in two polls of the same finished job.
type pollSummary struct {
	Phase   provider.Phase
	ID      string
	Results int
	URLs    []string
}

func summarize(u provider.Update) pollSummary {
	e := pollSummary{Phase: u.Phase, ID: u.Answer.VendorID, Results: len(u.Answer.Results)}
	for _, r := range u.Answer.Results {
		e.URLs = append(e.URLs, r.URL)
	}
	return e
}
