package minimax

import (
	"encoding/json"
	"testing"

	"aigc/app/provider"
)

// The cost is known only where the usage tells text from images, and its sums agree.
func TestCost(t *testing.T) {
	t.Parallel()
	const global, mainland = "https://api.minimax.io", "https://api.minimaxi.com"
	cases := []struct {
		name, base, usage string
		inputs            int
		micros            int64 // 0: not known
	}{
		{"sample", global, `{"input_tokens":22,"output_tokens":9000,"total_tokens":9022}`, 0, 34_251},
		{"edit", global, `{"input_tokens":522,"output_tokens":9000,"total_tokens":9522}`, 1, 0},
		{"edit with details", global, `{"input_tokens":522,"output_tokens":9000,"total_tokens":9522,"input_tokens_details":{"text_tokens":22,"image_tokens":500}}`, 1, 35_001},
		{"edit with half of the details", global, `{"input_tokens":522,"output_tokens":9000,"total_tokens":9522,"input_tokens_details":{"text_tokens":22}}`, 1, 0},
		{"mainland", mainland, `{"input_tokens":22,"output_tokens":9000,"total_tokens":9022}`, 0, 0},
		{"no usage", global, ``, 0, 0},
		{"null", global, `null`, 0, 0},
		{"text", global, `{"input_tokens":"22","output_tokens":9000,"total_tokens":9022}`, 0, 0},
		{"no input", global, `{"output_tokens":9000,"total_tokens":9000}`, 0, 0},
		{"no output", global, `{"input_tokens":22,"output_tokens":0,"total_tokens":22}`, 0, 0},
		{"other tokens", global, `{"input_tokens":22,"output_tokens":9000,"total_tokens":10000}`, 0, 0},
		{"negative", global, `{"input_tokens":-22,"output_tokens":9000,"total_tokens":8978}`, 0, 0},
		{"implausible", global, `{"input_tokens":22,"output_tokens":9000000000000000000,"total_tokens":9000000000000000022}`, 0, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			call := provider.Call{Model: h3, Prices: route().Prices, Account: provider.Account{BaseURL: c.base}}
			got := cost(call, json.RawMessage(c.usage), c.inputs)
			if (got == nil) != (c.micros == 0) || got != nil && (got.Micros != c.micros || got.Currency != "USD") {
				t.Errorf("%v, want %d", got, c.micros)
			}
		})
	}
}
