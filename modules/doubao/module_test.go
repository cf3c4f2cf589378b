package doubao_test

import (
	"testing"

	"aigc/app/provider/providertest"
	"aigc/modules/doubao"
	arksandbox "aigc/modules/internal/ark/sandbox"
)

func TestWire(t *testing.T) { providertest.Wire(t, doubao.Module, nil) }

func TestGenerate(t *testing.T) {
	var ids []string
	for _, m := range doubao.Models {
		ids = append(ids, m.ID)
	}
	providertest.Run(t, providertest.Harness{
		Module: doubao.Module, Sandbox: arksandbox.New(ids...), Operation: "doubao.generate",
		Input:  `{"prompt":"a red fox","image":"fox","size":"1K","watermark":false,"optimize_prompt_options":{"mode":"fast"}}`,
		Reason: "may contain sensitive information",
		Lacks:  []providertest.Ability{providertest.Inline, providertest.Overload, providertest.Probe},
	})
}
