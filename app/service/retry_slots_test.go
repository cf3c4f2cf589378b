package service

import (
	"context"
	"encoding/json"
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/task"
)

type slotsInput struct {
	N int `json:"n"`
}

type slotsDriver struct{}

func (slotsDriver) Generate(context.Context, provider.Call, slotsInput) (provider.Answer, error) {
	return provider.Answer{}, nil
}

func (slotsDriver) Plan(in slotsInput, _ module.Target) module.Plan { return module.Plan{Count: in.N} }

// A retried task takes as many places of its account's limit as the first one.
func TestSlotsOfRetry(t *testing.T) {
	t.Parallel()
	old := &task.Task{Input: json.RawMessage(`{"n":5}`), Slots: 5}
	for name, c := range map[string]struct {
		perResult bool
		slots     int
	}{"per result": {true, 5}, "per request": {false, 1}} {
		r := module.Sync[slotsInput](provider.Vendor{Name: "v"}, slotsDriver{}, module.Terms{Models: []module.Model{{ID: "m"}}, SlotPerResult: c.perResult}).Route
		next, err := splitForRetry(old, module.Selection{Route: r, Target: r.Target("m")})
		if err != nil || len(next) != 1 || next[0].Slots != c.slots {
			t.Errorf("%s: %+v, %v", name, next, err)
		}
	}
}
