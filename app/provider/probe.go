package provider

import (
	"context"
	"fmt"
	"slices"

	"aigc/app/fault"
)

// ProbeGET makes a [Vendor.Probe] of a free call that needs the key, such as
// asking for the balance. A 2xx, or a further status in ok, proves that the key
// works. A 401 or 403 is the fault VendorAuth, a 402 VendorQuota; anything else
// leaves open whether the key works, and is Unavailable or RateLimited. Every
// error keeps a parked key parked. The vendor's own words are not shown: they
// may quote parts of the key.
func ProbeGET(path string, auth Auth, ok ...int) func(context.Context, Call) error {
	return func(ctx context.Context, c Call) error {
		res, err := c.HTTP.Do(ctx, c, Request{URL: path, Authorize: auth(c)})
		if err != nil {
			return err
		}
		if res.Status >= 200 && res.Status < 300 || slices.Contains(ok, res.Status) {
			return nil
		}
		f := res.Fault(c.Account.Vendor, "", "")
		switch f.Kind {
		case fault.VendorAuth:
			f.Message = fmt.Sprintf("%s refuses the key in %s.", c.Account.Vendor, c.Account.Variable)
		case fault.VendorQuota, fault.RateLimited:
		default:
			f.Kind, f.Code = fault.Unavailable, "key_state_unknown"
		}
		return f
	}
}
