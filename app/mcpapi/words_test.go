package mcpapi

import (
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

func TestCancelText(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status  task.State
		charged fault.Charge
		outcome string
		want    string
	}{
		"in time":              {task.Canceled, fault.ChargedNo, service.CancelDone, "nothing was charged"},
		"canceled before":      {task.Canceled, fault.ChargedNo, service.CancelTooLate, "nothing was charged"},
		"the vendor was asked": {task.Running, fault.ChargedYes, service.CancelVendorNotified, "If its result still arrives"},
		"under way":            {task.Submitting, fault.ChargedUnknown, service.CancelTooLate, "it was sent to the vendor"},
		"in doubt":             {task.InDoubt, fault.ChargedUnknown, service.CancelTooLate, "it is not known yet whether it was executed"},
		"succeeded before":     {task.Succeeded, fault.ChargedYes, service.CancelTooLate, "it is succeeded. Charged: yes."},
		"failed before":        {task.Failed, fault.ChargedNo, service.CancelTooLate, "it is failed. Charged: no."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := cancelText(&service.View{TaskID: "t", Status: tc.status, Charged: tc.charged}, tc.outcome); !strings.Contains(got, tc.want) {
				t.Errorf("%q does not say %q", got, tc.want)
			}
		})
	}
}

func TestCostText(t *testing.T) {
	t.Parallel()
	noisy, exact := 0.1+0.2+0.3, 0.013005
	for name, tc := range map[string]struct {
		view service.View
		want string
	}{
		"paid":            {service.View{Cost: service.Cost{Actual: &exact, Quoted: &noisy, Currency: "USD"}, Charged: fault.ChargedYes}, "Cost: 0.013005 USD."},
		"a sum of prices": {service.View{Cost: service.Cost{Quoted: &noisy, Currency: "USD"}, Charged: fault.ChargedNo}, "Cost: 0.6 USD by the price list."},
		"nothing yet":     {service.View{Charged: fault.ChargedNo}, "Cost: nothing was charged so far."},
		"unknown":         {service.View{Charged: fault.ChargedUnknown}, "Cost: not known yet."},
		"the sandbox":     {service.View{Cost: service.Cost{Actual: &exact}, Sandbox: true}, "nothing is paid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := costText(&tc.view); !strings.Contains(got, tc.want) {
				t.Errorf("%q does not say %q", got, tc.want)
			}
		})
	}
}
