package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"aigc/app/fault"
	"aigc/app/killpoint"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/task"
)

// queueDeadline is how long a task may wait for a chance to be sent.
const queueDeadline = 24 * time.Hour

// firstWake is when the monitor looks after a task that nobody was told of.
const firstWake = 5 * time.Second

// draft is a request on its way to a task.
type draft struct {
	Request
	input    map[string]json.RawMessage
	model    string
	warnings []string
	plan     module.Plan
	pictures []*picture
}

// Create implements [API].
func (s *Service) Create(waiting context.Context, r Request) (*View, bool, error) {
	ctx := context.WithoutCancel(waiting)
	if len(r.IdempotencyKey) > maxKey {
		return nil, false, fault.New(fault.Invalid, "idempotency_key_too_long", "An Idempotency-Key may have at most %d bytes.", maxKey).With(fault.ChargedNo)
	}
	d, err := s.draft(ctx, r)
	if err != nil {
		return nil, false, err
	}
	defer d.drop()
	key := task.IdempotencyKey{Owner: r.Caller.Name, Key: r.IdempotencyKey, Keep: keep}
	if err := s.receive(ctx, d); err != nil {
		return nil, false, s.notCompared(ctx, key, err)
	}
	hash := d.hash()
	// A repeated request gets its task whatever has become of the vendor's keys:
	// only a new purchase needs a way to be made.
	if t, err := s.earlier(ctx, r, hash, key); t != nil || err != nil {
		if err != nil {
			return nil, false, err
		}
		v, err := s.created(waiting, r, t, nil)
		return v, true, err
	}
	if err := s.routed(d); err != nil {
		return nil, false, err
	}
	if len(d.pictures) > 0 { // nothing is stored for a task that cannot be
		if err := s.unparked(ctx, d); err != nil {
			return nil, false, err
		}
	}
	if err := s.keepPictures(ctx, d); err != nil {
		return nil, false, err
	}
	tasks, err := s.tasks(d, hash)
	if err != nil {
		return nil, false, err
	}
	me, leave := s.waiting.join(tasks[0].ID, false) // before anything can happen to it
	defer leave()
	t, replayed, err := s.accept(ctx, d, task.AcceptRequest{Tasks: tasks, Key: key, Join: r.join()})
	if err != nil {
		return nil, false, unsure(err)
	}
	if replayed {
		me = nil
	}
	v, err := s.created(waiting, r, t, me)
	return v, replayed, err
}

// accept makes the tasks rows and hands them to the dispatcher. A single task for
// which the dispatcher has a free slot is claimed in the same transaction.
func (s *Service) accept(ctx context.Context, d *draft, a task.AcceptRequest) (t *task.Task, replayed bool, err error) {
	if len(a.Tasks) == 1 {
		if r := s.Dispatcher.Reserve(a.Tasks[0]); r != nil {
			t, replayed, err = s.acceptReserved(ctx, a, r)
			if !errors.Is(err, task.ErrParked) {
				return t, replayed, err
			}
		}
	}
	if err := s.unparked(ctx, d); err != nil {
		return nil, false, err
	}
	if t, replayed, err = s.Ledger.Accept(ctx, a); err != nil || replayed {
		return t, replayed, err
	}
	killpoint.Here("accepted")
	for _, t := range a.Tasks {
		s.Dispatcher.Dispatch(t)
	}
	return t, false, nil
}

func (s *Service) acceptReserved(ctx context.Context, a task.AcceptRequest, r task.Reservation) (*task.Task, bool, error) {
	claim := r.ClaimRequest()
	a.Claim = &claim
	t, replayed, err := s.Ledger.Accept(ctx, a)
	if err == nil && !replayed && t.State == task.Submitting {
		r.Start(t)
	} else {
		r.Cancel() // a task that found no account with room is looked at again soon
	}
	return t, replayed, err
}

// earlier looks for the task that a repeated request means, before anything is
// stored for it. A repetition at the same moment is left to the ledger's Accept.
func (s *Service) earlier(ctx context.Context, r Request, hash string, key task.IdempotencyKey) (*task.Task, error) {
	if key.Key == "" && !r.SDKRetry {
		return nil, nil
	}
	t, err := s.Ledger.FindDuplicate(ctx, hash, key, r.join())
	if err != nil {
		return nil, unsure(err)
	}
	return t, nil
}

// join is how old a task may be that this request joins without a key.
func (r Request) join() time.Duration {
	if r.SDKRetry {
		return joinWithin
	}
	return 0
}

// notCompared is the fault of a request whose pictures cannot be had. If its
// key stands for a task already, the caller must not take it for unsent.
func (s *Service) notCompared(ctx context.Context, key task.IdempotencyKey, err error) error {
	if key.Key == "" {
		return err
	}
	t, lerr := s.Ledger.FindDuplicate(ctx, "", key, 0)
	if lerr != nil {
		return unsure(lerr)
	}
	if t == nil {
		return err
	}
	f := fault.Wrap(err, fault.Conflict, "input_not_comparable",
		"This Idempotency-Key already stands for task %s, but a picture of this request cannot be had to compare the two. Read the task instead.", t.ID)
	f.Details = fault.From(err).Details
	return f.With(t.Charged)
}

// unsure marks trouble of the ledger's own: the task may have been accepted
// all the same.
func unsure(err error) error {
	if f := fault.From(err); f.Charged == "" && f.Kind.Status() >= 500 {
		copied := *f
		return copied.With(fault.ChargedUnknown)
	}
	return err
}

// Quote implements [API].
func (s *Service) Quote(ctx context.Context, r Request) (Quote, error) {
	d, err := s.draft(ctx, r)
	if err != nil {
		return Quote{}, err
	}
	q := Quote{Model: d.model, Pictures: d.plan.Pictures, Warnings: append([]string{}, d.warnings...), Cost: Cost{Currency: "USD"}}
	if m := d.plan.Quote; m != nil {
		q.Cost = Cost{Quoted: &m.Amount, Currency: m.Currency}
	}
	return q, nil
}

// draft checks an input against its schema, its model and its own rules, and
// plans it. Nothing is stored or sent.
func (s *Service) draft(ctx context.Context, r Request) (*draft, error) {
	raw, err := r.Operation.Schema.Parse(r.Input)
	if err != nil {
		return nil, err
	}
	d := &draft{Request: r}
	if err := json.Unmarshal(raw, &d.input); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "", "The input could not be read back.")
	}
	d.chooseModel(s)
	faults, err := r.Operation.Check(raw, d.model)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		details := make([]fault.Detail, len(faults))
		for i, f := range faults {
			details[i] = fault.Detail{Location: "body." + f.Field, Message: f.Message}
		}
		return nil, fault.Faults(details...)
	}
	if d.plan, err = r.Operation.Plan(raw, d.model); err != nil {
		return nil, err
	}
	d.warnings = append(d.warnings, d.plan.Warnings...)
	return d, nil
}

// chooseModel settles the model: asked for, or the setting's, or the table's.
// A retired one becomes the default, with a warning, on the vendor's own host;
// an id that the table does not know is passed on.
func (d *draft) chooseModel(s *Service) {
	var asked string
	_ = json.Unmarshal(d.input["model"], &asked) // the schema has seen to its type
	def := d.Operation.Default().ID
	if id := s.Defaults[d.Operation.Module.Name]; id != "" {
		def = id
	}
	d.model = asked
	if asked == "" || asked == "auto" {
		d.model = def
	}
	row, known := d.Operation.Model(d.model)
	if !known {
		return
	}
	d.model = row.ID
	if row.Gone() && s.ownHost(d.Operation) {
		d.model = d.Operation.Default().ID
		if set, known := d.Operation.Model(def); known && !set.Gone() {
			d.model = set.ID
		}
		d.warnings = append(d.warnings, fmt.Sprintf("The model %s was retired on %s; %s is used instead.", row.ID, row.Retired, d.model))
	}
}

// ownHost says whether the operation's calls go to the vendor's own address or
// to our imitation of it, as opposed to somebody's gateway.
func (s *Service) ownHost(op Operation) bool {
	for _, r := range op.Routes {
		for _, a := range s.Accounts.Of(r.Vendor.Name) {
			return a.Sandbox || r.Vendor.OwnHost(a.BaseURL)
		}
	}
	return true
}

// routed makes sure that there is somebody who could do it.
func (s *Service) routed(d *draft) error {
	if len(s.accounts(d.Operation)) == 0 {
		return fault.New(fault.NoRoute, "no_vendor_key", "%s has no key: set %s (or AIGC_SANDBOX=on to try it offline).",
			d.Operation.Module.Title, d.Operation.Routes[0].Vendor.KeyName()).With(fault.ChargedNo)
	}
	return nil
}

// unparked makes sure that one of its accounts is in use.
func (s *Service) unparked(ctx context.Context, d *draft) error {
	parked, err := s.Ledger.Parked(ctx)
	if err != nil {
		return err
	}
	resting := map[string]task.Parking{}
	for _, p := range parked {
		resting[p.Vendor+"/"+p.Fingerprint] = p
	}
	var last task.Parking
	for _, a := range s.accounts(d.Operation) {
		p, ok := resting[a.Vendor+"/"+a.Fingerprint]
		if !ok {
			return nil
		}
		last = p
	}
	kind := fault.VendorAuth
	if last.Code == "vendor_no_balance" {
		kind = fault.VendorQuota
	}
	f := fault.New(kind, last.Code, "%s", last.Reason).With(fault.ChargedNo)
	f.RetryAfter = max(time.Until(last.Until), 15*time.Second)
	return f
}

func (s *Service) accounts(op Operation) []provider.Account { return accountsFor(op, s.Accounts) }

// hash names an input: operation, model and canonical fields, files by their
// content.
func (d *draft) hash() string {
	named := make(map[string]json.RawMessage, len(d.input))
	for k, v := range d.input {
		named[k] = v
	}
	for _, p := range d.pictures {
		p.name(named, "sha256:"+p.sha256)
	}
	canonical, _ := json.Marshal(named) // raw JSON of a parsed object
	sum := sha256.Sum256(append([]byte(d.Operation.Kind()+"\n"), canonical...))
	return hex.EncodeToString(sum[:])
}

// tasks makes the rows: one, or a group and its children where the vendor
// makes one picture a submission.
func (s *Service) tasks(d *draft, hash string) ([]*task.Task, error) {
	count := d.plan.Pictures
	if d.Operation.Entry.Operation.Fanout == "" || count <= 1 {
		t, err := s.task(d, d.input, hash)
		return []*task.Task{t}, err
	}
	group, err := s.task(d, d.input, hash)
	if err != nil {
		return nil, err
	}
	lead(group, count)
	out := []*task.Task{group}
	for i := range count {
		input := make(map[string]json.RawMessage, len(d.input))
		for k, v := range d.input {
			input[k] = v
		}
		input[d.Operation.Entry.Operation.Fanout] = json.RawMessage("1")
		var seed *int64
		if json.Unmarshal(input["seed"], &seed) == nil && seed != nil && *seed >= 0 {
			input["seed"] = json.RawMessage(fmt.Sprint(*seed + int64(i))) // else all pictures are the same
		}
		child, err := s.task(d, input, "")
		if err != nil {
			return nil, err
		}
		follow(child, group, i)
		if q := d.plan.Quote; q != nil {
			child.Quoted = &provider.Money{Amount: q.Amount / float64(count), Currency: q.Currency}
		}
		out = append(out, child)
	}
	return out, nil
}

// lead makes a fresh task the group of n others.
func lead(group *task.Task, n int) {
	group.Group, group.State, group.Children = true, task.Running, n
	group.RunAt, group.Deadline = farOff, time.Time{}
}

// follow makes a fresh task the i-th of a group, which shows the warnings.
func follow(child, group *task.Task, i int) {
	child.Parent, child.Index, child.Warnings = group.ID, i, nil
}

// farOff is a run_at that does not come: nobody is due to look at a group.
var farOff = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

func (s *Service) task(d *draft, input map[string]json.RawMessage, hash string) (*task.Task, error) {
	raw, err := json.Marshal(input)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "", "The input could not be stored.")
	}
	now := time.Now()
	op := d.Operation
	return &task.Task{
		ID: task.NewID(now), Kind: op.Kind(), Module: op.Module.Name, Operation: op.Entry.Operation.Name,
		Model: d.model, Media: op.Entry.Operation.Kind, State: task.Queued, Input: raw, InputHash: hash,
		Owner: d.Caller.Name, Tags: d.Tags, Sandbox: s.sandboxed(op),
		RunAt: now.Add(firstWake), Deadline: now.Add(queueDeadline),
		Charged: fault.ChargedNo, Quoted: d.plan.Quote, Warnings: d.warnings, Created: now,
	}, nil
}

func (s *Service) sandboxed(op Operation) bool {
	accounts := s.accounts(op)
	return len(accounts) > 0 && accounts[0].Sandbox
}
