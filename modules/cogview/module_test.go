package cogview_test

import (
	"testing"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
	"aigc/app/task"
	"aigc/app/worker/workertest"
	"aigc/modules/cogview"
	zhipusandbox "aigc/modules/internal/zhipu/sandbox"
)

// imitation serves the models of the table.
func imitation() sandbox.Imitation {
	ids := make([]string, len(cogview.Models))
	for i, m := range cogview.Models {
		ids[i] = m.ID
	}
	return zhipusandbox.New(ids...)
}

func TestWire(t *testing.T) { providertest.Wire(t, cogview.Module, nil) }

// Each model with the fields that it supports.
func TestCreate(t *testing.T) {
	cases := []struct {
		name, model, input string
		tickets            bool
	}{
		{"cogview", "", `{"prompt":"a red fox","size":"512x640","quality":"hd","watermark_enabled":false,"user_id":"user-1"}`, false},
		{"flash", "cogview-3-flash", `{"prompt":"a red fox","size":"512x512","quality":"hd"}`, false},
		{"glm", "glm-image", `{"prompt":"a red fox","size":"640x640","quality":"standard","watermark_enabled":true,"user_id":"user-1"}`, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			lacks := []providertest.Ability{providertest.Inline, providertest.Progress, providertest.Cancel, providertest.Probe}
			if c.tickets { // the reason of a failed job is not documented
				lacks = append(lacks, providertest.RefusedOutput)
			}
			providertest.Run(t, providertest.Harness{
				Module: cogview.Module, Sandbox: imitation(),
				Operation: "cogview.create", Model: c.model, Input: c.input, Tickets: c.tickets,
				Reason: "不安全或敏感内容",
				// not documented
				Charges: map[string]fault.Charge{"fail": fault.ChargedUnknown, "refuse-output": fault.ChargedUnknown},
				Lacks:   lacks,
			})
		})
	}
}

// Several images are as many tasks, each with one purchase, whether its model answers
// with the result or with a ticket.
func TestSeveralImages(t *testing.T) {
	t.Parallel()
	h, err := module.NewRegistry(cogview.Module)
	if err != nil {
		t.Fatal(err)
	}
	box := sandboxtest.Start(t, imitation())
	accounts := provider.NewAccounts()
	accounts.Add(imitation().Vendor, provider.Limits{}, imitation().Account(box.Root()))
	e := workertest.New(t, h, accounts)
	for _, model := range []string{"cogview-4", "glm-image"} {
		v := e.Run("cogview.create", `{"prompt":"a cat","n":2,"model":"`+model+`","size":"1024x1024","seed":7}`)
		if v.Status != task.Succeeded || v.Charged != fault.ChargedYes || len(v.Data) != 2 || v.Group == nil {
			t.Fatalf("%s: %s %+v", model, v.Status, v)
		}
		if len(v.Warnings) != 1 || v.Data[0].Width != 1024 {
			t.Errorf("%s: warnings %q, %+v", model, v.Warnings, v.Data[0])
		}
		for _, id := range v.Group.Children {
			if n := box.Purchases().ByTask[id]; n != 1 {
				t.Errorf("%s: %d purchases for a child", model, n)
			}
		}
	}
}
