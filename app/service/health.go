package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"aigc/app/task"
)

// Health implements [API].
func (s *Service) Health(ctx context.Context) Health {
	h := Health{Service: "aigc", Version: s.Version, Timestamp: time.Now().UTC(), Components: map[string]Component{}}
	h.Status = "healthy"
	stores := s.checkStores(ctx)
	if stores.broker != nil {
		h.Status = "degraded"
		h.Components["broker"] = Component{"down", "Workers are not woken and rate limits are off; the monitor still finds due tasks within seconds."}
	} else {
		h.Components["broker"] = Component{Status: "ok"}
	}
	for name, err := range map[string]error{"ledger": stores.ledger, "storage": stores.storage} {
		c := Component{Status: "ok"}
		if err != nil {
			c = Component{"down", "It does not answer; see the server's log."}
			s.Log.Error().Err(err).Str("component", name).Msg("health check failed")
			h.Status = "unhealthy"
		}
		h.Components[name] = c
	}
	h.Components["vendors"], h.Vendors = vendorsUnknown()
	if stores.ledger == nil {
		s.addLedgerHealth(ctx, &h)
	}
	h.Components["purchases"], h.Capacity = s.purchasesHealth()
	if h.Status == "healthy" && (h.Components["vendors"].Status != "ok" || h.Components["purchases"].Status != "ok") {
		h.Status = "degraded"
	}
	for _, op := range s.ops {
		if !slices.Contains(h.Models, op.Module.Name) {
			h.Models = append(h.Models, op.Module.Name)
		}
	}
	h.Storage = h.Components["storage"]
	return h
}

// addLedgerHealth adds what the ledger says of vendors' keys, tasks and kept answers.
func (s *Service) addLedgerHealth(ctx context.Context, h *Health) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	h.Components["vendors"], h.Vendors = s.vendorHealth(ctx)
	if counts, err := s.Ledger.Counts(ctx); err == nil {
		h.Tasks = counts
	}
	if kept, err := s.Ledger.AnswerTotals(ctx); err == nil {
		h.Answers = &kept
	}
}

// vendorsUnknown is the health of vendors' keys that the ledger does not tell.
func vendorsUnknown() (Component, []VendorKeys) {
	return Component{"degraded", "The state of the vendor keys is unknown while the ledger is down."}, []VendorKeys{}
}

// vendorHealth is the state of all vendors' keys together, and of each vendor's.
func (s *Service) vendorHealth(ctx context.Context) (Component, []VendorKeys) {
	parked, err := s.Ledger.Parked(ctx)
	accounts, accountsErr := s.announcedAccounts(ctx)
	if err = errors.Join(err, accountsErr); err != nil {
		return vendorsUnknown()
	}
	list := vendorKeys(accounts, parked)
	switch {
	case len(parked) > 0:
		p := parked[0]
		return Component{"degraded", fmt.Sprintf("%d vendor key(s) parked; %s: %s", len(parked), p.Vendor, p.Code)}, list
	case len(accounts) == 0:
		return Component{"degraded", "No worker has a vendor key, and the sandbox is off."}, list
	}
	return Component{Status: "ok"}, list
}

// vendorKeys counts the announced and the parked keys of each vendor. accounts are
// ordered by vendor.
func vendorKeys(accounts []task.VendorAccount, parked []task.ParkedKey) []VendorKeys {
	list := []VendorKeys{}
	for _, a := range accounts {
		if n := len(list); n == 0 || list[n-1].Vendor != a.Vendor {
			list = append(list, VendorKeys{Vendor: a.Vendor, Running: a.Running, PerMinute: a.PerMinute, Sandbox: a.Sandbox})
		}
		v := &list[len(list)-1]
		v.Keys++
		for _, p := range parked {
			if p.Vendor == a.Vendor && p.Fingerprint == a.Fingerprint {
				v.Parked++
				v.Code, v.Until = p.Code, &p.Until
			}
		}
	}
	return list
}

// Ready implements [API].
func (s *Service) Ready(ctx context.Context) error {
	stores := s.checkStores(ctx) // tasks go on without the broker
	if err := cmp.Or(stores.ledger, stores.storage); err != nil {
		return err
	}
	return s.Capacity.Check()
}
