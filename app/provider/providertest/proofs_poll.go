package providertest

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"aigc/app/fault"
	"aigc/app/provider"
)

// polled is what is asked of drivers that give tickets.
var polled = []proof{
	{name: "a ticket says how to ask", only: ticket, check: func(ctx context.Context, s *stage) error {
		o, err := s.order("hang")
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
			return errors.New("the ticket says that nothing will be charged")
		case t.Cost != nil && (t.Cost.Micros < 0 || t.Cost.Currency == ""):
			return fmt.Errorf("the ticket costs %+v", *t.Cost)
		}
		for range 3 { // a job that hangs is waited for
			if u, err := o.ask(ctx, *t); err != nil || u.Phase != provider.Wait {
				return fmt.Errorf("phase %d, error %w", u.Phase, err)
			}
		}
		return o.costs(1)
	}},
	{name: "progress grows", only: ticket, needs: Progress, check: func(ctx context.Context, s *stage) error {
		o, err := s.order("hang") // half way, for ever
		if err != nil {
			return err
		}
		t, _, err := o.submit(ctx)
		if err != nil {
			return err
		}
		if u, err := o.ask(ctx, *t); err != nil || u.Progress <= 0 || u.Progress >= 1 {
			return fmt.Errorf("progress %g on the way, error %w", u.Progress, err)
		}
		if o, err = s.order(""); err != nil {
			return err
		}
		if t, _, err = o.submit(ctx); err != nil {
			return err
		}
		last := 0.0
		_, err = o.follow(ctx, *t, func(u provider.Update) error {
			if u.Progress < last || u.Progress > 1 {
				return fmt.Errorf("progress %g after %g", u.Progress, last)
			}
			last = u.Progress
			return nil
		})
		return err
	}},
	{name: "asking again changes nothing", only: ticket, check: func(ctx context.Context, s *stage) error {
		o, err := s.order("")
		if err != nil {
			return err
		}
		t, _, err := o.submit(ctx)
		if err != nil {
			return err
		}
		first, err := o.follow(ctx, *t, nil)
		if err != nil {
			return err
		}
		second, err := o.ask(ctx, *t)
		if err != nil {
			return err
		}
		if a, b := shapeOf(first), shapeOf(second); !reflect.DeepEqual(a, b) {
			return fmt.Errorf("first %+v, then %+v", a, b)
		}
		return o.costs(1)
	}},
	{name: "a status that no sheet lists means wait", only: ticket, check: func(ctx context.Context, s *stage) error {
		o, err := s.order("status banana")
		if err != nil {
			return err
		}
		ear := o.listen()
		t, _, err := o.submit(ctx)
		if err != nil {
			return err
		}
		u, err := o.follow(ctx, *t, nil)
		switch {
		case err != nil:
			return err
		case u.Phase != provider.Done:
			return fmt.Errorf("the job ended in phase %d: %w", u.Phase, u.Err)
		case !ear.heard("banana"):
			return errors.New("the imitation never gave the strange status, so nothing was proved")
		}
		return o.costs(1)
	}},
	{name: "a failed job", only: ticket, needs: Failure, check: func(ctx context.Context, s *stage) error {
		o, err := s.order("fail")
		if err != nil {
			return err
		}
		t, _, err := o.submit(ctx)
		if err != nil {
			return err
		}
		u, err := o.follow(ctx, *t, nil)
		if err != nil {
			return fmt.Errorf("a poll failed, not the job: %w", err)
		}
		if u.Phase != provider.Failed || u.Err == nil {
			return fmt.Errorf("phase %d, error %w", u.Phase, u.Err)
		}
		f, bad := o.says(u.Err, fault.VendorFailed)
		if want := s.charge("fail"); bad == nil && f.Charged != want && (f.Charged != "" || want != fault.ChargedUnknown) {
			bad = fmt.Errorf("charged %q, the sheet says %s", f.Charged, want)
		}
		return errors.Join(bad, o.costs(1))
	}},
	{name: "a stopped job", only: ticket, needs: Cancel, check: func(ctx context.Context, s *stage) error {
		o, err := s.order("cancel")
		if err != nil {
			return err
		}
		t, _, err := o.submit(ctx)
		if err != nil {
			return err
		}
		u, err := o.follow(ctx, *t, nil)
		if err == nil && u.Phase != provider.Canceled {
			err = fmt.Errorf("phase %d", u.Phase)
		}
		return errors.Join(err, o.costs(1))
	}},
}

// ended is what two polls of the same finished job have in common.
type ended struct {
	Phase   provider.Phase
	ID      string
	Results int
	URLs    []string
}

func shapeOf(u provider.Update) ended {
	e := ended{Phase: u.Phase, ID: u.Answer.VendorID, Results: len(u.Answer.Results)}
	for _, r := range u.Answer.Results {
		e.URLs = append(e.URLs, r.URL)
	}
	return e
}
