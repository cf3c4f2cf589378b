package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"aigc/app"
	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
)

// vendors checks every vendor key by a free call that needs the key.
func (d *doctor) vendors(ctx context.Context) []finding {
	switch {
	case app.UsesSandbox(d.l, app.All):
		return d.sandbox(ctx)
	case d.l.Accounts.Empty() && d.l.Sandbox == "off":
		return []finding{{"vendors", levelError, "no vendor has a key, and the sandbox is off", "set a vendor's key; `aigc config` lists them"}}
	case d.l.Accounts.Empty():
		return []finding{{"vendors", levelError, "no vendor has a key, and on an address that is not loopback the sandbox does not start automatically",
			"set a vendor's key (`aigc config` lists them), or AIGC_SANDBOX=on"}}
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	all := d.h.Vendors()
	transport := provider.NewTransport()
	defer transport.CloseIdleConnections()
	var out []*finding
	var wg sync.WaitGroup
	check := func(do func() finding) {
		f := &finding{}
		out = append(out, f)
		wg.Go(func() { *f = do() })
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		v, client := all[name], &provider.Client{HTTP: transport}
		for i, account := range d.l.Accounts.ForVendor(name) {
			if v.Probe != nil || v.Models == nil {
				check(func() finding { return probe(ctx, v, account, client) })
			}
			if i == 0 && len(account.Models) > 0 {
				check(func() finding { return d.listedModels(v, account) })
			}
			if i == 0 && v.Models != nil {
				check(func() finding { return d.servedModels(ctx, v, account, client) })
			}
		}
	}
	wg.Wait()
	found := make([]finding, len(out))
	for i, f := range out {
		found[i] = *f
	}
	return found
}

// servedModels asks a host of many vendors' models which of ours it serves.
func (d *doctor) servedModels(ctx context.Context, v provider.Vendor, a provider.Account, client *provider.Client) finding {
	ids, err := v.Models(ctx, provider.Call{Task: "doctor", Submit: a.Fingerprint, Account: a, HTTP: client})
	if err != nil {
		return finding{"models", levelWarning, fmt.Sprintf("%s did not list its models: %s", v.Title, errorText(err)), "check its key and its base URL"}
	}
	var served, missing []string
	for _, op := range d.h.Operations() {
		r, _ := op.Route(v.Name)
		for _, m := range r.Models {
			if list := &missing; !m.IsRetired() {
				if slices.Contains(ids, m.ID) {
					list = &served
				}
				if !slices.Contains(*list, m.ID) {
					*list = append(*list, m.ID)
				}
			}
		}
	}
	text := fmt.Sprintf("%s at %s serves %d models, %d of ours: %s", v.Title, a.BaseURL, len(ids), len(served), strings.Join(served, ", "))
	if len(missing) == 0 {
		return ok("models", "%s", text)
	}
	return ok("models", "%s\nnot under these ids: %s; a host may have others (<MODULE>_MODEL sets one)", text, strings.Join(missing, ", "))
}

// listedModels finds models in the settings of an account that the vendor's routes do not
// have: a misspelt one would never be requested.
func (d *doctor) listedModels(v provider.Vendor, a provider.Account) finding {
	var unknown []string
	for _, id := range a.Models {
		if !slices.ContainsFunc(d.h.Operations(), func(op *module.Registered) bool {
			r, _ := op.Route(v.Name)
			_, known := r.Model(id)
			return known
		}) {
			unknown = append(unknown, id)
		}
	}
	text := fmt.Sprintf("%s at %s serves by its settings: %s", v.Title, a.BaseURL, strings.Join(a.Models, ", "))
	if len(unknown) == 0 {
		return ok("models", "%s", text)
	}
	return finding{"models", levelWarning, fmt.Sprintf("%s\nnot in the model table: %s", text, strings.Join(unknown, ", ")),
		"check the spelling; `aigc models` lists the ids"}
}

// sandbox reports that the sandbox replaces the vendors, and why.
func (d *doctor) sandbox(ctx context.Context) []finding {
	why := "no vendor has a key: the offline sandbox is used"
	if d.l.Sandbox == "on" {
		why = "AIGC_SANDBOX=on: the offline sandbox is used, and vendor keys are ignored"
	}
	if d.l.SandboxURL == "" {
		return []finding{ok("vendors", "%s", why)}
	}
	if err := dial(ctx, d.l.SandboxURL); err != nil {
		return []finding{{"vendors", levelError, why + ", but it does not answer: " + err.Error(), "start it with `aigc sandbox`, or unset AIGC_SANDBOX_URL"}}
	}
	return []finding{ok("vendors", "%s; it answers at %s", why, d.l.SandboxURL)}
}

func probe(ctx context.Context, v provider.Vendor, a provider.Account, client *provider.Client) finding {
	who := fmt.Sprintf("%s (%s, key %s)", v.Title, a.Variable, a.Fingerprint)
	if v.Probe == nil {
		return ok("vendors", "%s is set; it cannot be checked, because the vendor has no free call", who)
	}
	err := v.Probe(ctx, provider.Call{Task: "doctor", Submit: a.Fingerprint, Account: a, HTTP: client})
	f := fault.From(err)
	switch {
	case err == nil:
		return ok("vendors", "%s works", who)
	case f.Kind == fault.VendorAuth:
		return finding{"vendors", levelError, who + " is refused: " + f.Message, "correct " + a.Variable}
	case f.Kind == fault.VendorQuota:
		return finding{"vendors", levelError, who + " has no balance: " + f.Message, "top up the account"}
	case f.Kind == fault.RateLimited:
		return ok("vendors", "%s is rate limited right now, so the key is accepted", who)
	}
	return finding{"vendors", levelError, who + " could not be checked: " + errorText(err), "check the network, HTTPS_PROXY and the base URL"}
}
