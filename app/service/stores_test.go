package service

import (
	"context"
	"testing"
	"testing/synctest"

	"aigc/app/blob"
	"aigc/app/broker"
	"aigc/app/task"
)

// answer is how a store answers a check; hangs: not before the timeout.
type answer bool

const hangs answer = true

func (c answer) Check(ctx context.Context) error {
	if c == hangs {
		<-ctx.Done()
	}
	return ctx.Err()
}

type (
	checkedLedger struct {
		task.Ledger
		answer
	}
	checkedBlobs struct {
		blob.Store
		answer
	}
	checkedBroker struct {
		broker.Broker
		answer
	}
)

func (c checkedLedger) Check(ctx context.Context) error { return c.answer.Check(ctx) }
func (c checkedBlobs) Check(ctx context.Context) error  { return c.answer.Check(ctx) }
func (c checkedBroker) Check(ctx context.Context) error { return c.answer.Check(ctx) }

// A store that hangs is down; the others, which answer, are not, and no check is longer
// than its timeout.
func TestStoreHangs(t *testing.T) {
	t.Parallel()
	for name, hanging := range map[string][3]answer{
		"none": {}, "ledger": {hangs}, "storage": {1: hangs}, "broker": {2: hangs}, "all": {hangs, hangs, hangs},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &Service{Config: Config{Ledger: checkedLedger{answer: hanging[0]}, Blobs: checkedBlobs{answer: hanging[1]}, Broker: checkedBroker{answer: hanging[2]}}}
				e := s.checkStores(t.Context())
				if down := [3]answer{e.ledger != nil, e.storage != nil, e.broker != nil}; down != hanging {
					t.Errorf("ledger, storage, broker down: %v; want %v", down, hanging)
				}
			})
		})
	}
}
