package providertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"aigc/app/fault"
)

// declined is every way in which surely nothing was bought.
var declined = []proof{
	{name: "throttled, then taken", check: func(ctx context.Context, s *stage) error {
		return again(ctx, s, "429", fault.RateLimited, true)
	}},
	{name: "overloaded, then taken", needs: Overload, check: func(ctx context.Context, s *stage) error {
		return again(ctx, s, "503", fault.Unavailable, false)
	}},
	{name: "key refused", check: turned("401", fault.VendorAuth)},
	{name: "no balance", needs: Balance, check: turned("402", fault.VendorQuota)},
	{name: "faulty request", check: turned("400", fault.Invalid)},
	{name: "wrong key", check: func(ctx context.Context, s *stage) error {
		o, err := s.order("")
		if err != nil {
			return err
		}
		o.account.Secret, o.account.Fingerprint = "a-wrong-key", "a-wrong-fingerprint"
		_, _, err = o.submit(ctx)
		return errors.Join(free(o.says(err, fault.VendorAuth)), o.costs(0))
	}},
	{name: "nobody listens", check: func(ctx context.Context, s *stage) error {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		if err := ln.Close(); err != nil { // now nobody does
			return err
		}
		o, err := s.at("http://" + ln.Addr().String())
		if err != nil {
			return err
		}
		_, _, err = o.submit(ctx)
		return errors.Join(free(o.says(err, fault.Unavailable)), o.costs(0))
	}},
	{name: "gate shut", check: func(ctx context.Context, s *stage) error {
		o, err := s.order("")
		if err != nil {
			return err
		}
		o.gate = func() error { return fault.New(fault.Unavailable, "held", "Held back.") }
		_, _, err = o.submit(ctx)
		f, bad := o.says(err, fault.Unavailable)
		if bad == nil && f.Code != "held" {
			bad = errors.New("a paid request does not ask the gate")
		}
		return errors.Join(bad, o.costs(0))
	}},
	{name: "stopped before sending", check: func(ctx context.Context, s *stage) error {
		o, err := s.order("")
		if err != nil {
			return err
		}
		gone, cancel := context.WithCancel(ctx)
		cancel()
		_, _, err = o.submit(gone)
		return errors.Join(free(o.says(err, fault.Unavailable)), o.costs(0))
	}},
	{name: "content refused", check: func(ctx context.Context, s *stage) error {
		return rejected(ctx, s, "refuse")
	}},
	{name: "output refused", needs: RefusedOutput, check: func(ctx context.Context, s *stage) error {
		return rejected(ctx, s, "refuse-output")
	}},
}

// turned proves a no that ends a submission before anything is bought.
func turned(directive string, kind fault.Kind) func(context.Context, *stage) error {
	return func(ctx context.Context, s *stage) error {
		o, err := s.order(directive)
		if err != nil {
			return err
		}
		_, _, err = o.submit(ctx)
		return errors.Join(free(o.says(err, kind)), o.costs(0))
	}
}

// again proves a no that is over the next time.
func again(ctx context.Context, s *stage, directive string, kind fault.Kind, says bool) error {
	o, err := s.order(directive)
	if err != nil {
		return err
	}
	_, _, err = o.submit(ctx)
	f, bad := o.says(err, kind)
	if bad = errors.Join(free(f, bad), o.costs(0)); bad != nil {
		return bad
	}
	if says && f.RetryAfter != time.Second {
		return fmt.Errorf("to be sent again after %s, the vendor said 1s", f.RetryAfter)
	}
	if _, err := o.finish(ctx); err != nil {
		return fmt.Errorf("the second submission: %w", err)
	}
	return o.costs(1)
}

// rejected proves a refusal by moderation, whenever it is told.
func rejected(ctx context.Context, s *stage, directive string) error {
	o, err := s.order(directive)
	if err != nil {
		return err
	}
	_, err = o.finish(ctx)
	f, bad := o.says(err, fault.Rejected)
	switch want := s.charge(directive); {
	case bad != nil:
		return bad
	case f.Charged != want:
		return fmt.Errorf("charged %q, the sheet says %s", f.Charged, want)
	case directive == "refuse" && !strings.Contains(f.Message, s.Reason):
		return fmt.Errorf("%q does not give the vendor's reason, %q", f.Message, s.Reason)
	case o.bought() > 1:
		return o.costs(1)
	}
	return nil
}

// at is an order to the vendor's API at another root.
func (s *stage) at(root string) (*order, error) {
	o, err := s.order("")
	if err != nil {
		return nil, err
	}
	o.account = s.accountAt(root)
	return o, nil
}

// doubtful is every way in which nobody can know.
var doubtful = []proof{
	{name: "connection cut after sending", check: lost("drop")},
	{name: "answer cut short", check: lost("truncate")},
	{name: "internal error", check: lost("500")},
	{name: "stopped while the vendor works", only: answer, check: func(ctx context.Context, s *stage) error {
		o, err := s.order("slow 5m")
		if err != nil {
			return err
		}
		working, cancel := context.WithCancel(ctx)
		defer cancel()
		go func() { // until the order was paid for
			for tick := time.NewTicker(5 * time.Millisecond); o.bought() == 0 && working.Err() == nil; <-tick.C {
			}
			cancel()
		}()
		_, _, err = o.submit(working)
		_, bad := o.says(err, fault.InDoubt)
		return errors.Join(bad, o.costs(1))
	}},
	{name: "unreadable answers", check: func(ctx context.Context, s *stage) error {
		var all []error
		for _, body := range []string{"", "OK", "<!doctype html><title>502</title>", `{"data":[{"b64_json":"iVBORw0`, `{"id":"1"`, `"text"`, `[1,2]`, `null`, `{}`} {
			if err := unreadable(ctx, s, body); err != nil {
				all = append(all, fmt.Errorf("answer %q: %w", body, err))
			}
		}
		return errors.Join(all...)
	}},
}

// lost proves that a purchase without a whole answer is in doubt, and is not
// repeated by anybody.
func lost(directive string) func(context.Context, *stage) error {
	return func(ctx context.Context, s *stage) error {
		o, err := s.order(directive)
		if err != nil {
			return err
		}
		_, _, err = o.submit(ctx)
		f, bad := o.says(err, fault.InDoubt)
		if bad == nil && (f.Charged == fault.ChargedNo || f.Charged == fault.ChargedYes) {
			bad = fmt.Errorf("charged %s, which nobody can know", f.Charged)
		}
		return errors.Join(bad, o.costs(1))
	}
}

// unreadable plays a vendor that answers 200 with something else. It may be
// told as doubt, or as an answer without results, which the host fails; it is
// never a result, nor a job.
func unreadable(ctx context.Context, s *stage, body string) error {
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/token") {
			body := `{"access_token":"token","token_type":"Bearer","expires_in":3600}`
			_, _ = io.WriteString(w, body)
			return
		}
		_, _ = io.WriteString(w, body)
	}))
	defer vendor.Close()
	o, err := s.at(vendor.URL)
	if err != nil {
		return err
	}
	t, a, err := o.submit(ctx)
	switch {
	case err != nil:
		_, bad := o.says(err, fault.InDoubt)
		return bad
	case t != nil:
		return fmt.Errorf("taken for the ticket %q", t.ID)
	case len(a.Results) > 0:
		return errors.New("taken for a result")
	}
	return nil
}
