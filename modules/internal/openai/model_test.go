package openai

import "testing"

func TestGenerationOf(t *testing.T) {
	t.Parallel()
	cases := []struct {
		model    string
		gen      generation
		fidelity bool
	}{
		{"gpt-image-1", gen1, true}, // a gateway may still serve it
		{"gpt-image-1-mini", gen1, false},
		{"gpt-image-1.5", gen1, true},
		{"gpt-image-1.5-2025-12-16", gen1, true},
		{"chatgpt-image-latest", gen1, false},
		{"gpt-image-2", gen2, false},
		{"gpt-image-2-2026-04-21", gen2, false},
		{"gpt-image-2.5-flare", gen25, false},
		{"gpt-image-2.6-sunburst", gen26, false},
		{"gpt-image-2.7-flare", genNext, false},
		{"gpt-image-20", genNext, false},
		{"something-else", genNext, false},
	}
	for _, c := range cases {
		if generationOf(c.model) != c.gen || takesInputFidelity(c.model) != c.fidelity {
			t.Errorf("%s: generation %d, faithful %t", c.model, generationOf(c.model), takesInputFidelity(c.model))
		}
	}
}
