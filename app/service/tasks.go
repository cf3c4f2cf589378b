package service

import (
	"context"
	"errors"

	"aigc/app/broker"
	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/task"
)

func noTask() error {
	return fault.New(fault.NotFound, "task_not_found", "There is no such task.")
}

// Get implements [API].
func (s *Service) Get(ctx context.Context, c Caller, id string) (*View, error) {
	t, err := s.authorized(ctx, c, id)
	if err != nil {
		return nil, err
	}
	return s.view(ctx, t)
}

// ByTicket implements [API].
func (s *Service) ByTicket(ctx context.Context, c Caller, module, ticket string) (*View, error) {
	t, err := s.Ledger.ByTicket(ctx, module, ticket)
	if err != nil {
		return nil, err
	}
	if !c.Admin && t.Owner != c.Name {
		return nil, noTask()
	}
	return s.view(ctx, t)
}

// maxPage is the largest page size of List.
const maxPage = 200

// List implements [API].
func (s *Service) List(ctx context.Context, c Caller, q task.Query) (Page, error) {
	if !c.Admin {
		q.Owner = c.Name
	}
	if q.Limit <= 0 {
		q.Limit = 50
	}
	q.Limit = min(q.Limit, maxPage)
	q.Limit++ // one more row tells whether there is a next page
	rows, err := s.Ledger.List(ctx, q)
	if err != nil {
		return Page{}, err
	}
	var next string
	if len(rows) == q.Limit {
		rows = rows[:q.Limit-1]
		next = rows[len(rows)-1].ID
	}
	views, err := s.views(ctx, rows)
	return Page{Tasks: views, Next: next}, err
}

// The outcomes of Cancel.
const (
	CancelDone           = "canceled"        // nothing was sent, nothing is charged
	CancelVendorNotified = "vendor_notified" // the vendor is asked to cancel; if it still returns a result, that is stored
	CancelTooLate        = "too_late"        // it was sent and cannot be canceled; its result is stored
)

// Cancel implements [API].
func (s *Service) Cancel(ctx context.Context, c Caller, id string) (*View, string, error) {
	t, err := s.authorized(ctx, c, id)
	if err != nil {
		return nil, "", err
	}
	list := []*task.Task{t}
	if t.Group {
		if list, err = s.Ledger.Children(ctx, id); err != nil {
			return nil, "", err
		}
	}
	outcome := CancelDone
	for _, one := range list {
		o, err := s.cancel(ctx, one)
		if err != nil {
			return nil, "", err
		}
		if o != CancelDone && outcome != CancelVendorNotified {
			outcome = o
		}
	}
	v, err := s.Get(ctx, c, id)
	return v, outcome, err
}

func (s *Service) cancel(ctx context.Context, t *task.Task) (string, error) {
	if t.State == task.Canceled { // Cancel is idempotent
		return CancelDone, nil
	}
	defer s.publish(t)
	_, err := s.Ledger.Apply(ctx, task.Transition{
		ID: t.ID, From: []task.State{task.Queued}, To: task.Canceled, Cause: task.Cancel,
		Edit: func(row *task.Task) error {
			row.Charged = fault.ChargedNo
			row.Error = &task.Error{Code: "canceled", Message: "Canceled before anything was sent. Nothing was charged.", Kind: fault.Canceled}
			return nil
		},
	})
	if err == nil {
		return CancelDone, nil
	}
	if !errors.Is(err, task.ErrStale) {
		return "", err
	}
	running, err := s.Ledger.RequestCancel(ctx, t.ID)
	if err != nil {
		return "", err
	}
	if running && s.cancelable(t) {
		return CancelVendorNotified, nil
	}
	return CancelTooLate, nil
}

// publish notifies the waiters for a task and for its group.
func (s *Service) publish(t *task.Task) {
	s.Broker.Publish(broker.Event{Task: t.ID})
	if t.Parent != "" {
		s.Broker.Publish(broker.Event{Task: t.Parent})
	}
}

// route returns the route of a task; false if this version does not have it.
func (s *Service) route(t *task.Task) (module.Route, bool) {
	op, ok := s.byKind[t.Kind]
	if !ok {
		return module.Route{}, false
	}
	return op.Route(t.Account.Vendor)
}

func (s *Service) cancelable(t *task.Task) bool {
	r, ok := s.route(t)
	if !ok {
		return false
	}
	_, ok = r.AnyDriver.Driver().(provider.Canceler)
	return ok
}

// Events implements [API].
func (s *Service) Events(ctx context.Context, c Caller, id string, after int64) ([]task.Event, error) {
	if _, err := s.authorized(ctx, c, id); err != nil {
		return nil, err
	}
	return s.Ledger.Events(ctx, id, after)
}
