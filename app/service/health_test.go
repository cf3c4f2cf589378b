package service

import (
	"testing"
	"time"

	"aigc/app/task"
)

// Keys are counted by vendor; a parked key of a vendor that no worker has is ignored.
func TestVendorKeys(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	account := func(vendor, key string) task.VendorAccount {
		return task.VendorAccount{Account: task.Account{Vendor: vendor, BaseURL: "https://" + vendor, Fingerprint: key}, Running: 24}
	}
	got := vendorKeys([]task.VendorAccount{account("bfl", "a"), account("bfl", "b"), account("kling", "a")}, []task.ParkedKey{
		{Vendor: "bfl", Fingerprint: "b", Code: "vendor_no_balance", Until: until}, {Vendor: "gone", Fingerprint: "a", Until: until},
	})
	if len(got) != 2 || got[0].Vendor != "bfl" || got[0].Keys != 2 || got[0].Parked != 1 || got[0].Code != "vendor_no_balance" || !got[0].Until.Equal(until) || got[0].Running != 24 {
		t.Fatalf("%+v", got)
	}
	if got[1].Keys != 1 || got[1].Parked != 0 || got[1].Until != nil {
		t.Errorf("%+v", got[1])
	}
}
