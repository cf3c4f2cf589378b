package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/sandbox"
)

// stage is a running imitation and an account at it.
type stage struct {
	Harness
	entry   *module.Registered
	route   module.Route
	box     *sandbox.Server
	account provider.Account
	dir     string
	orders  atomic.Int64
}

func newStage(h Harness, dir string) (*stage, error) {
	host, err := module.NewRegistry(h.Module)
	if err != nil {
		return nil, err
	}
	s := &stage{Harness: h, entry: host.Operation(h.Operation), dir: dir}
	if s.entry == nil {
		return nil, fmt.Errorf("there is no operation %q", h.Operation)
	}
	s.route = s.entry.Routes[0]
	if h.Vendor != "" {
		var ok bool
		if s.route, ok = s.entry.Route(h.Vendor); !ok {
			return nil, fmt.Errorf("%s has no route by %q", h.Operation, h.Vendor)
		}
	}
	if s.Model == "" {
		s.Model = s.entry.Default().ID
	}
	if name := s.Sandbox.Vendor.Name; name != s.route.Vendor.Name {
		return nil, fmt.Errorf("the imitation is of %q, the route of %q", name, s.route.Vendor.Name)
	}
	if s.box, err = sandbox.New(dir, s.Sandbox); err != nil {
		return nil, err
	}
	if err := s.box.Listen("127.0.0.1:0"); err != nil {
		return nil, errors.Join(err, s.box.Close())
	}
	s.account = s.accountAt(s.box.Root())
	return s, nil
}

// accountAt is the sandbox's account on a sandbox at another root.
func (s *stage) accountAt(root string) provider.Account {
	a := s.Sandbox.Account(root)
	a.Fingerprint = provider.Fingerprint(a.Secret + provider.Secret(root))
	return a
}

func (s *stage) lacks(a Ability) bool { return slices.Contains(s.Lacks, a) }

// order is one task before a driver.
type order struct {
	*stage
	task    string
	input   json.RawMessage
	account provider.Account
	http    *http.Client
	gate    func() error
	tries   int
	began   time.Time
	scratch *scratch
}

// order makes a task whose prompt holds a directive; empty for none.
func (s *stage) order(directive string) (*order, error) {
	n := s.orders.Add(1)
	o := &order{stage: s, task: fmt.Sprintf("task-%d", n), account: s.account, http: provider.NewTransport()}
	var fields map[string]any
	if err := json.Unmarshal([]byte(s.Input), &fields); err != nil {
		return nil, fmt.Errorf("the harness's input: %w", err)
	}
	if directive != "" {
		fields["prompt"] = fmt.Sprint(fields["prompt"], " [[", directive, "]]")
	}
	var err error
	if o.input, err = json.Marshal(fields); err != nil {
		return nil, err
	}
	return o, o.fresh()
}

// call is one step of the task's current submission.
func (o *order) call() provider.Call {
	c := provider.Call{
		Task: o.task, Submit: fmt.Sprintf("submit-%d", o.tries), Model: o.Model, Account: o.account, Inputs: gallery{},
		HTTP: &provider.Client{HTTP: o.http, Blobs: o.scratch, BeforeSend: o.gate}, Prices: o.route.Prices,
	}
	if !o.began.IsZero() {
		c.Age = time.Since(o.began)
	}
	return c
}

// submit sends the task once more. A ticket comes back as it was read from JSON.
func (o *order) submit(ctx context.Context) (*provider.Ticket, *provider.Answer, error) {
	o.tries++
	if err := o.fresh(); err != nil {
		return nil, nil, err
	}
	ticket, answer, err := o.route.AnyDriver.Submit(ctx, o.call(), o.input)
	o.began = time.Now()
	switch {
	case err != nil:
		return nil, nil, err
	case (ticket == nil) == (answer == nil):
		return nil, nil, errors.New("a submission gives a ticket or an answer, and one of them only")
	case ticket == nil:
		return nil, answer, nil
	}
	stored, err := json.Marshal(ticket)
	if err != nil {
		return nil, nil, fmt.Errorf("the ticket is no JSON: %w", err)
	}
	var back provider.Ticket
	return &back, nil, json.Unmarshal(stored, &back)
}

// fresh gives the next step a scratch folder of its own.
func (o *order) fresh() error {
	dir, err := os.MkdirTemp(o.dir, o.task+"-")
	o.scratch = &scratch{dir: filepath.Clean(dir), files: map[string]lifted{}}
	return err
}

// ask polls once.
func (o *order) ask(ctx context.Context, t provider.Ticket) (provider.Update, error) {
	if err := o.fresh(); err != nil {
		return provider.Update{}, err
	}
	return o.route.AnyDriver.Poll(ctx, o.call(), t)
}

// follow polls until the job ends. Every update on the way is handed to seen.
func (o *order) follow(ctx context.Context, t provider.Ticket, seen func(provider.Update) error) (provider.Update, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		u, err := o.ask(ctx, t)
		if err == nil && seen != nil {
			err = seen(u)
		}
		if err != nil || u.Phase != provider.Wait {
			return u, err
		}
		select {
		case <-ctx.Done():
			return u, errors.New("the job did not end")
		case <-tick.C:
		}
	}
}

// finish submits and follows: the answer, or why there is none.
func (o *order) finish(ctx context.Context) (provider.Answer, error) {
	t, a, err := o.submit(ctx)
	switch {
	case err != nil:
		return provider.Answer{}, err
	case a != nil:
		return *a, nil
	}
	u, err := o.follow(ctx, *t, nil)
	switch {
	case err != nil:
		return provider.Answer{}, fmt.Errorf("a poll: %w", err)
	case u.Phase == provider.Done:
		return u.Answer, nil
	case u.Phase == provider.Failed && u.Err != nil:
		return provider.Answer{}, u.Err
	}
	return provider.Answer{}, fmt.Errorf("the job ended in phase %d without a reason", u.Phase)
}

// bought is how many submissions of the task the imitation was paid for.
func (o *order) bought() int { return o.box.Purchases().ByTask[o.task] }

// costs insists on a number of purchases.
func (o *order) costs(n int) error {
	if got := o.bought(); got != n {
		return fmt.Errorf("%d purchases were counted, %d are right", got, n)
	}
	return nil
}
