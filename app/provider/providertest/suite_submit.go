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

// notAcceptedCases are submissions that are known not to be accepted, and refusals by
// moderation.
var notAcceptedCases = []testCase{
	{name: "throttled, then accepted", run: func(ctx context.Context, s *fixture) error {
		return refusedOnce(ctx, s, "429", fault.RateLimited, true)
	}},
	{name: "overloaded, then accepted", needs: Overload, run: func(ctx context.Context, s *fixture) error {
		return refusedOnce(ctx, s, "503", fault.Unavailable, false)
	}},
	{name: "key refused", run: refusedBeforePurchase("401", fault.VendorAuth)},
	{name: "no balance", needs: Balance, run: refusedBeforePurchase("402", fault.VendorQuota)},
	{name: "bad request", run: refusedBeforePurchase("400", fault.Invalid)},
	{name: "wrong key", run: func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("")
		if err != nil {
			return err
		}
		o.account.Secret, o.account.Fingerprint = "a-wrong-key", "a-wrong-fingerprint"
		_, _, err = o.submit(ctx)
		return errors.Join(expectNotCharged(o.expectFault(err, fault.VendorAuth)), o.expectPurchases(0))
	}},
	{name: "connection refused", run: func(ctx context.Context, s *fixture) error {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		if err := ln.Close(); err != nil {
			return err
		}
		o, err := s.newTaskAt("http://" + ln.Addr().String())
		if err != nil {
			return err
		}
		_, _, err = o.submit(ctx)
		return errors.Join(expectNotCharged(o.expectFault(err, fault.Unavailable)), o.expectPurchases(0))
	}},
	{name: "BeforeSend fails", run: func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("")
		if err != nil {
			return err
		}
		o.beforeSend = func() error { return fault.New(fault.Unavailable, "not_sent", "Not sent.") }
		_, _, err = o.submit(ctx)
		f, bad := o.expectFault(err, fault.Unavailable)
		if bad == nil && f.Code != "not_sent" {
			bad = errors.New("the request is not marked as paid: BeforeSend was not called")
		}
		return errors.Join(bad, o.expectPurchases(0))
	}},
	{name: "canceled before sending", run: func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("")
		if err != nil {
			return err
		}
		canceled, cancel := context.WithCancel(ctx)
		cancel()
		_, _, err = o.submit(canceled)
		return errors.Join(expectNotCharged(o.expectFault(err, fault.Unavailable)), o.expectPurchases(0))
	}},
	{name: "content refused", run: func(ctx context.Context, s *fixture) error {
		return refusedByModeration(ctx, s, "refuse")
	}},
	{name: "output refused", needs: RefusedOutput, run: func(ctx context.Context, s *fixture) error {
		return refusedByModeration(ctx, s, "refuse-output")
	}},
}

// refusedBeforePurchase is a refusal with a kind, not charged.
func refusedBeforePurchase(directive string, kind fault.Kind) func(context.Context, *fixture) error {
	return func(ctx context.Context, s *fixture) error {
		o, err := s.newTask(directive)
		if err != nil {
			return err
		}
		_, _, err = o.submit(ctx)
		return errors.Join(expectNotCharged(o.expectFault(err, kind)), o.expectPurchases(0))
	}
}

// refusedOnce is a refusal with a kind, not charged, after which the next submission is
// accepted.
func refusedOnce(ctx context.Context, s *fixture, directive string, kind fault.Kind, hasRetryAfter bool) error {
	o, err := s.newTask(directive)
	if err != nil {
		return err
	}
	_, _, err = o.submit(ctx)
	f, bad := o.expectFault(err, kind)
	if bad = errors.Join(expectNotCharged(f, bad), o.expectPurchases(0)); bad != nil {
		return bad
	}
	if hasRetryAfter && f.RetryAfter != time.Second {
		return fmt.Errorf("RetryAfter %s, want 1s", f.RetryAfter)
	}
	if _, err := o.run(ctx); err != nil {
		return fmt.Errorf("second submission: %w", err)
	}
	return o.expectPurchases(1)
}

// refusedByModeration is a refusal by moderation, of the submission or of the job.
func refusedByModeration(ctx context.Context, s *fixture, directive string) error {
	o, err := s.newTask(directive)
	if err != nil {
		return err
	}
	_, err = o.run(ctx)
	f, bad := o.expectFault(err, fault.Rejected)
	switch want := s.charge(directive); {
	case bad != nil:
		return bad
	case f.Charged != want:
		return fmt.Errorf("charged %q, want %s", f.Charged, want)
	case directive == "refuse" && !strings.Contains(f.Message, s.Reason):
		return fmt.Errorf("message %q does not contain the vendor's reason %q", f.Message, s.Reason)
	case o.purchases() > 1:
		return o.expectPurchases(1)
	}
	return nil
}

// newTaskAt makes a task with the vendor's API at another root.
func (s *fixture) newTaskAt(root string) (*testTask, error) {
	o, err := s.newTask("")
	if err != nil {
		return nil, err
	}
	o.account = s.accountAt(root)
	return o, nil
}

// inDoubtCases are submissions whose outcome cannot be known.
var inDoubtCases = []testCase{
	{name: "connection cut after sending", run: answerLost("drop")},
	{name: "answer cut short", run: answerLost("truncate")},
	{name: "internal error", run: answerLost("500")},
	{name: "canceled while the vendor works", only: syncDriver, run: func(ctx context.Context, s *fixture) error {
		o, err := s.newTask("slow 5m")
		if err != nil {
			return err
		}
		working, cancel := context.WithCancel(ctx)
		defer cancel()
		go func() { // until the vendor has accepted it
			for tick := time.NewTicker(5 * time.Millisecond); o.purchases() == 0 && working.Err() == nil; <-tick.C {
			}
			cancel()
		}()
		_, _, err = o.submit(working)
		_, bad := o.expectFault(err, fault.InDoubt)
		return errors.Join(bad, o.expectPurchases(1))
	}},
	{name: "unreadable answers", run: func(ctx context.Context, s *fixture) error {
		var all []error
		for _, body := range []string{"", "OK", "<!doctype html><title>502</title>", `{"data":[{"b64_json":"iVBORw0`, `{"id":"1"`, `"text"`, `[1,2]`, `null`, `{}`} {
			if err := unreadableAnswer(ctx, s, body); err != nil {
				all = append(all, fmt.Errorf("answer %q: %w", body, err))
			}
		}
		return errors.Join(all...)
	}},
}

// answerLost is a paid request without a complete answer: it is in doubt and not sent
// again.
func answerLost(directive string) func(context.Context, *fixture) error {
	return func(ctx context.Context, s *fixture) error {
		o, err := s.newTask(directive)
		if err != nil {
			return err
		}
		_, _, err = o.submit(ctx)
		f, bad := o.expectFault(err, fault.InDoubt)
		if bad == nil && (f.Charged == fault.ChargedNo || f.Charged == fault.ChargedYes) {
			bad = fmt.Errorf("charged %s, want unknown", f.Charged)
		}
		return errors.Join(bad, o.expectPurchases(1))
	}
}

// unreadableAnswer is a 200 with an unexpected body. The driver may return InDoubt, or an
// answer without results, which the host fails; never a result or a ticket.
func unreadableAnswer(ctx context.Context, s *fixture, body string) error {
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
	o, err := s.newTaskAt(vendor.URL)
	if err != nil {
		return err
	}
	t, a, err := o.submit(ctx)
	switch {
	case err != nil:
		_, bad := o.expectFault(err, fault.InDoubt)
		return bad
	case t != nil:
		return fmt.Errorf("accepted as ticket %q", t.ID)
	case len(a.Results) > 0:
		return errors.New("accepted as a result")
	}
	return nil
}
