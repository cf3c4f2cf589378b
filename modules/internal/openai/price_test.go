package openai

import (
	"encoding/json"
	"math"
	"testing"

	"aigc/app/provider"
)

// The documented sample answer: 14 text tokens and 660 image tokens.
func TestCost(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		list  []provider.Price
		usage string
		usd   float64 // negative: not known
	}{
		{"sample", Tokens, `{"input_tokens":14,"output_tokens":660,"input_tokens_details":{"text_tokens":14,"image_tokens":0},"output_tokens_details":{"image_tokens":660,"text_tokens":0}}`, 0.01987},
		{"images in", Tokens, `{"output_tokens":1000,"input_tokens_details":{"text_tokens":1000,"image_tokens":1000}}`, 0.043},
		{"no details", Prices25, `{"input_tokens":100,"output_tokens":100}`, 0.0035},
		{"text came out", Tokens, `{"output_tokens":1000,"output_tokens_details":{"image_tokens":100,"text_tokens":900}}`, -1},
		{"older model", Prices15, `{"output_tokens":1000}`, -1},
		{"unknown model", nil, `{"output_tokens":1000}`, -1},
		{"nothing came", Tokens, `{"output_tokens":0}`, -1},
		{"nonsense", Tokens, `{"output_tokens":1,"input_tokens_details":{"text_tokens":-1}}`, -1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var u usage
			if err := json.Unmarshal([]byte(c.usage), &u); err != nil {
				t.Fatal(err)
			}
			switch got := provider.Cost(c.list, nil, u.quantities()...); {
			case got == nil && c.usd >= 0, got != nil && c.usd < 0:
				t.Errorf("%v", got)
			case got != nil && (math.Abs(got.Amount()-c.usd) > 1e-9 || got.Currency != "USD"):
				t.Errorf("%v, want %v", *got, c.usd)
			}
		})
	}
}
