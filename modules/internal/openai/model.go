package openai

import "strings"

// generation is a generation of GPT image models, which decides what they support.
type generation int

const (
	gen1    generation = iota + 1 // gpt-image-1-mini, 1.5, chatgpt-image-latest: three sizes
	gen2                          // gpt-image-2: any size
	gen25                         // 2.5: also quality xhigh and max
	gen26                         // 2.6: also svg, gif and complexity
	genNext                       // unknown: all fields are sent, and the vendor decides
)

func generationOf(model string) generation {
	switch {
	case strings.HasPrefix(model, "gpt-image-1"), strings.HasPrefix(model, "chatgpt-image"), strings.HasPrefix(model, "dall-e"):
		return gen1
	case model == "gpt-image-2", strings.HasPrefix(model, "gpt-image-2-"):
		return gen2
	case strings.HasPrefix(model, "gpt-image-2.5-"):
		return gen25
	case strings.HasPrefix(model, "gpt-image-2.6-"):
		return gen26
	}
	return genNext
}

// takesInputFidelity reports whether a model supports input_fidelity. Newer models
// always use high fidelity and answer 400 to the field; mini never supported it.
func takesInputFidelity(model string) bool {
	return model == "gpt-image-1" || strings.HasPrefix(model, "gpt-image-1.5")
}
