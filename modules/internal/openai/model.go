package openai

import "strings"

// Gen is a generation of GPT image models: what it takes.
type Gen int

// The generations.
const (
	Gen1    Gen = iota + 1 // gpt-image-1-mini, 1.5, chatgpt-image-latest: three sizes
	Gen2                   // gpt-image-2: any size
	Gen25                  // 2.5: also quality xhigh and max
	Gen26                  // 2.6: also svg, gif and complexity
	GenNext                // nobody here knows it: it is given everything, and the vendor decides
)

// GenOf is the generation of a model id.
func GenOf(model string) Gen {
	switch {
	case strings.HasPrefix(model, "gpt-image-1"), strings.HasPrefix(model, "chatgpt-image"), strings.HasPrefix(model, "dall-e"):
		return Gen1
	case model == "gpt-image-2", strings.HasPrefix(model, "gpt-image-2-"):
		return Gen2
	case strings.HasPrefix(model, "gpt-image-2.5-"):
		return Gen25
	case strings.HasPrefix(model, "gpt-image-2.6-"):
		return Gen26
	}
	return GenNext
}

// Faithful says whether a model takes input_fidelity: newer ones are always
// faithful and answer 400 to it, and mini never took it.
func Faithful(model string) bool {
	return model == "gpt-image-1" || strings.HasPrefix(model, "gpt-image-1.5")
}
