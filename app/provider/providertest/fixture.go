package providertest

import (
	"cmp"
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

// fixture is a running sandbox with the vendor's imitation, and an account there. All
// test cases of a [Run] share it.
type fixture struct {
	Harness
	operation *module.Registered
	route     module.Route
	box       *sandbox.Server
	account   provider.Account
	dir       string
	taskCount atomic.Int64
}

func newFixture(h Harness, dir string) (*fixture, error) {
	host, err := module.NewRegistry(h.Module)
	if err != nil {
		return nil, err
	}
	s := &fixture{Harness: h, operation: host.Operation(h.Operation), dir: dir}
	if s.operation == nil {
		return nil, fmt.Errorf("the module has no operation %q", h.Operation)
	}
	s.route = s.operation.Routes[0]
	if h.Vendor != "" {
		var ok bool
		if s.route, ok = s.operation.Route(h.Vendor); !ok {
			return nil, fmt.Errorf("%s has no route by %q", h.Operation, h.Vendor)
		}
	}
	if s.Model == "" {
		s.Model = s.operation.Default().ID
	}
	if name := s.Sandbox.Vendor.Name; name != s.route.Vendor.Name {
		return nil, fmt.Errorf("Harness.Sandbox imitates %q, but the route's vendor is %q", name, s.route.Vendor.Name)
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

// accountAt is the sandbox's account with the vendor's API at another root.
func (s *fixture) accountAt(root string) provider.Account {
	a := s.Sandbox.Account(root)
	a.Fingerprint = provider.Fingerprint(a.Secret + provider.Secret(root))
	return a
}

func (s *fixture) lacks(a Ability) bool { return slices.Contains(s.Lacks, a) }

// testTask calls the driver for one task, as a worker does.
type testTask struct {
	*fixture
	task        string
	input       json.RawMessage
	account     provider.Account
	http        *http.Client
	beforeSend  func() error
	submissions int
	submitted   time.Time
	sink        *folderSink
}

// newTask makes a task, with a directive in its input unless that is empty.
func (s *fixture) newTask(directive string) (*testTask, error) {
	n := s.taskCount.Add(1)
	o := &testTask{fixture: s, task: fmt.Sprintf("task-%d", n), account: s.account, http: provider.NewTransport()}
	var fields map[string]any
	if err := json.Unmarshal([]byte(s.Input), &fields); err != nil {
		return nil, fmt.Errorf("Harness.Input: %w", err)
	}
	if directive != "" {
		field := cmp.Or(s.Directives, "prompt")
		fields[field] = fmt.Sprint(fields[field], " [[", directive, "]]")
	}
	var err error
	if o.input, err = json.Marshal(fields); err != nil {
		return nil, err
	}
	return o, o.newSink()
}

// call makes the driver's Call for one step of the current submission.
func (o *testTask) call() provider.Call {
	c := provider.Call{
		Task: o.task, Submit: fmt.Sprintf("submit-%d", o.submissions), Model: o.Model, Account: o.account, Inputs: imageInputs{},
		HTTP: &provider.Client{HTTP: o.http, Blobs: o.sink, BeforeSend: o.beforeSend}, Prices: o.route.Prices,
	}
	if !o.submitted.IsZero() {
		c.Age = time.Since(o.submitted)
	}
	return c
}

// submit submits the task, again if it was before. The ticket is returned as the ledger
// would: marshalled and unmarshalled.
func (o *testTask) submit(ctx context.Context) (*provider.Ticket, *provider.Answer, error) {
	o.submissions++
	if err := o.newSink(); err != nil {
		return nil, nil, err
	}
	ticket, answer, err := o.route.AnyDriver.Submit(ctx, o.call(), o.input)
	o.submitted = time.Now()
	switch {
	case err != nil:
		return nil, nil, err
	case (ticket == nil) == (answer == nil):
		return nil, nil, errors.New("Submit must return either a ticket or an answer")
	case ticket == nil:
		return nil, answer, nil
	}
	stored, err := json.Marshal(ticket)
	if err != nil {
		return nil, nil, fmt.Errorf("the ticket cannot be marshalled: %w", err)
	}
	var back provider.Ticket
	return &back, nil, json.Unmarshal(stored, &back)
}

// newSink makes a new folder for the files of the next answer.
func (o *testTask) newSink() error {
	dir, err := os.MkdirTemp(o.dir, o.task+"-")
	o.sink = &folderSink{dir: filepath.Clean(dir), files: map[string]extractedFile{}}
	return err
}

// poll polls once.
func (o *testTask) poll(ctx context.Context, t provider.Ticket) (provider.Update, error) {
	if err := o.newSink(); err != nil {
		return provider.Update{}, err
	}
	return o.route.AnyDriver.Poll(ctx, o.call(), t)
}

// pollUntilEnd polls until the job ends. It calls seen, unless nil, with every update.
func (o *testTask) pollUntilEnd(ctx context.Context, t provider.Ticket, seen func(provider.Update) error) (provider.Update, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		u, err := o.poll(ctx, t)
		if err == nil && seen != nil {
			err = seen(u)
		}
		if err != nil || u.Phase != provider.Wait {
			return u, err
		}
		if u.Ticket != nil {
			t = *u.Ticket
		}
		select {
		case <-ctx.Done():
			return u, errors.New("timeout: the job did not end")
		case <-tick.C:
		}
	}
}

// run submits and polls the task, and returns its answer.
func (o *testTask) run(ctx context.Context) (provider.Answer, error) {
	t, a, err := o.submit(ctx)
	switch {
	case err != nil:
		return provider.Answer{}, err
	case a != nil:
		return *a, nil
	}
	u, err := o.pollUntilEnd(ctx, *t, nil)
	switch {
	case err != nil:
		return provider.Answer{}, fmt.Errorf("poll: %w", err)
	case u.Phase == provider.Done:
		return u.Answer, nil
	case u.Phase == provider.Failed && u.Err != nil:
		return provider.Answer{}, u.Err
	}
	return provider.Answer{}, fmt.Errorf("the job ended in phase %d without a reason", u.Phase)
}

// purchases is the number of submissions of the task that the imitation accepted as paid.
func (o *testTask) purchases() int { return o.box.Purchases().ByTask[o.task] }

// expectPurchases is an error unless the task was purchased n times.
func (o *testTask) expectPurchases(n int) error {
	if got := o.purchases(); got != n {
		return fmt.Errorf("%d purchases, want %d", got, n)
	}
	return nil
}
