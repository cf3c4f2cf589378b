package provider

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"

	"aigc/app/fault"
)

// ProbeGET makes a [Vendor.Probe] of a free GET that needs the key, such as a query for
// the balance. A 2xx, or a status in ok, proves that the key works. A 401 or 403 is the
// fault VendorAuth, with the code of [KeyRefused] or "key_forbidden"; a 402 is VendorQuota.
// After any other answer it is not known whether the key works; the fault is RateLimited
// or Unavailable. With every error a parked key
// stays parked. The vendor's message is not shown because it may quote parts of the key.
func ProbeGET(path string, auth Auth, ok ...int) func(context.Context, Call) error {
	return func(ctx context.Context, c Call) error {
		res, err := c.HTTP.Stream(ctx, c, Request{URL: path, Authorize: auth(c)}, io.Discard) // only the status matters
		if err != nil {
			return err
		}
		if res.Status >= 200 && res.Status < 300 || slices.Contains(ok, res.Status) {
			return nil
		}
		f := res.Fault(c.Account.title(), "", "")
		switch f.Kind {
		case fault.VendorAuth:
			if res.Status == http.StatusForbidden {
				f.Code = "key_forbidden"
			}
			f.Message = fmt.Sprintf("%s refuses the key in %s.", c.Account.title(), c.Account.Variable)
		case fault.VendorQuota, fault.RateLimited:
		default:
			f.Kind, f.Code = fault.Unavailable, "key_state_unknown"
		}
		return f
	}
}
