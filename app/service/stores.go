package service

import (
	"context"
	"sync"
	"time"
)

// checkTimeout is how long a check waits for the stores. It is shorter than the timeout
// of a probe (5 s in Kubernetes), whose caller would learn nothing.
const checkTimeout = 3 * time.Second

// storeErrors are the errors of the stores; nil: the store answers.
type storeErrors struct{ ledger, storage, broker error }

// checkStores asks all stores at once, each with the whole timeout: a store that does not
// answer says nothing of the others.
func (s *Service) checkStores(ctx context.Context) (e storeErrors) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { e.ledger = s.Ledger.Check(ctx) })
	wg.Go(func() { e.storage = s.Blobs.Check(ctx) })
	wg.Go(func() { e.broker = s.Broker.Check(ctx) })
	wg.Wait()
	return e
}
