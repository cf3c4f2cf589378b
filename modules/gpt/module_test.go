package gpt_test

import (
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
	"aigc/modules/gpt"
	openaisandbox "aigc/modules/internal/openai/sandbox"
)

func TestWire(t *testing.T) { providertest.Wire(t, gpt.Module, nil) }

// It is not documented whether a refused output is charged.
var charges = map[string]fault.Charge{"refuse-output": fault.ChargedUnknown}

func TestGenerations(t *testing.T) {
	providertest.Run(t, providertest.Harness{
		Module: gpt.Module, Sandbox: openaisandbox.New("gpt-image-2"), Operation: "gpt.generations", Input: `{"prompt":"a red fox","size":"1024x640","output_format":"jpeg"}`,
		Reason: "safety_violations=[violence]", Charges: charges,
		Lacks: []providertest.Ability{providertest.Address},
	})
}

func TestEdits(t *testing.T) {
	providertest.Run(t, providertest.Harness{
		Module: gpt.Module, Sandbox: openaisandbox.New("gpt-image-2"), Operation: "gpt.edits", Input: `{"prompt":"make it blue","image":"fox","images":["den"],"mask":"mask","output_format":"jpeg","size":"640x1024"}`,
		Reason: "safety_violations=[violence]", Charges: charges,
		Lacks: []providertest.Ability{providertest.Address},
	})
}

// Azure OpenAI by both of its paths, with vector images, which take least time to draw.
// Microsoft documents that a refused prompt may be charged, no free call, and no 5xx that
// means not accepted.
func TestAzure(t *testing.T) {
	deployments := openaisandbox.NewAzure("gpt-image-2.6-flare")
	newer := deployments
	newer.Complete = func(a *provider.Account) {
		deployments.Complete(a)
		a.Attrs["api_version"] = "v1"
	}
	h := providertest.Harness{
		Module: gpt.Module, Vendor: "azure", Model: "gpt-image-2.6-flare", Reason: "content management policy",
		Charges: map[string]fault.Charge{"refuse": fault.ChargedUnknown, "refuse-output": fault.ChargedUnknown},
		Lacks:   []providertest.Ability{providertest.Address, providertest.Probe, providertest.Overload},
	}
	t.Run("generations", func(t *testing.T) {
		h.Sandbox, h.Operation, h.Input, h.Results = deployments, "gpt.generations", `{"prompt":"a red fox","output_format":"svg","n":2}`, 2
		providertest.Run(t, h)
	})
	t.Run("edits by the newer path", func(t *testing.T) {
		h.Sandbox, h.Operation, h.Input, h.Results = newer, "gpt.edits", `{"prompt":"make it blue","image":"fox","images":["den"],"mask":"mask","output_format":"svg"}`, 1
		providertest.Run(t, h)
	})
}
