package gpt_test

import (
	"testing"

	"aigc/app/fault"
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
