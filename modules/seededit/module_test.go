package seededit_test

import (
	"testing"

	"aigc/app/provider/providertest"
	arksandbox "aigc/modules/internal/ark/sandbox"
	"aigc/modules/seededit"
)

func TestWire(t *testing.T) { providertest.Wire(t, seededit.Module, nil) }

func TestArk(t *testing.T) {
	var ids []string
	for _, m := range seededit.Models {
		ids = append(ids, m.ID)
	}
	providertest.Run(t, providertest.Harness{
		Module: seededit.Module, Sandbox: arksandbox.New(ids...), Operation: "seededit.generate",
		Input:  `{"prompt":"make it blue","image_url":"fox","images":["den"],"size":"2K"}`,
		Reason: "may contain sensitive information",
		Lacks:  []providertest.Ability{providertest.Inline, providertest.Overload, providertest.Probe},
	})
}
