package kling_test

import (
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
	"aigc/app/task"
	"aigc/app/worker/workertest"
	klingsandbox "aigc/modules/internal/kling/sandbox"
	"aigc/modules/kling"
)

func TestWire(t *testing.T) { providertest.Wire(t, kling.Module, nil) }

// imitation serves the current models. With a key pair, requests are signed.
func imitation(pair bool) sandbox.Imitation {
	i := klingsandbox.New("kling-v3", "kling-v3-omni", "kling-image-o1", "kling-v2-1")
	if pair {
		i.Complete = func(a *provider.Account) { a.AccessKey = sandbox.Key }
	}
	return i
}

// Each model with the fields that only it supports, and both kinds of keys.
func TestCreate(t *testing.T) {
	cases := []struct {
		name, model, input string
		results            int
		pair               bool
	}{
		{"text", "kling-v3", `{"prompt":"a red fox","negative_prompt":"snow","n":2,"aspect_ratio":"16:9","element_list":[{"element_id":7}]}`, 2, false},
		{"reference", "kling-v3", `{"prompt":"a red fox","image":"fox","image_reference":"subject"}`, 1, true},
		{"fidelity", "kling-v2-1", `{"prompt":"a red fox","image":"fox","image_fidelity":0.2,"human_fidelity":1}`, 1, false},
		{"edit", "kling-image-o1", `{"prompt":"make <<<image_1>>> look like <<<image_2>>>","image":"fox","images":["den"],"watermark":true}`, 1, true},
		{"series", "kling-v3-omni", `{"prompt":"a red fox","result_type":"series","series_amount":"3"}`, 3, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: kling.Module, Sandbox: imitation(c.pair), Operation: "kling.create", Model: c.model, Input: c.input, Results: c.results,
				Reason:  "risk control",
				Charges: map[string]fault.Charge{"fail": fault.ChargedUnknown}, // not documented, and no deduction is reported
				Lacks:   []providertest.Ability{providertest.Inline, providertest.Overload, providertest.Progress, providertest.Cancel},
			})
		})
	}
}

// A job whose ticket was lost is found by a look-up with its external id: nothing is
// bought twice.
func TestLostJobIsFound(t *testing.T) {
	t.Parallel()
	h, err := module.NewRegistry(kling.Module)
	if err != nil {
		t.Fatal(err)
	}
	box := sandboxtest.Start(t, imitation(false))
	accounts := provider.NewAccounts()
	accounts.Add(imitation(false).Vendor, provider.Limits{}, imitation(false).Account(box.Root()))
	e := workertest.New(t, h, accounts)
	v := e.Begin("kling.create", `{"prompt":"a boat [[drop]]","n":2}`)
	for tick := time.NewTicker(50 * time.Millisecond); v.Status != task.Succeeded; <-tick.C {
		if v, err = e.Get(t.Context(), workertest.Me, v.TaskID); err != nil {
			t.Fatal(err)
		}
		if v.Status == task.Failed {
			t.Fatalf("%+v", v.Error)
		}
	}
	if n := box.Purchases().ByTask[v.TaskID]; n != 1 || v.Charged != fault.ChargedYes || len(v.Data) != 2 {
		t.Errorf("%d purchases, charged %s, %d results", n, v.Charged, len(v.Data))
	}
	if c := v.Cost; c.Actual == nil || *c.Actual != 0.056 || c.Currency != "USD" {
		t.Errorf("cost %+v", c)
	}
}
