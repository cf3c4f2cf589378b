package openai

import "strings"

// Gen is a generation of GPT image models: what it takes.
type Gen int

// The generations.
const (
	Gen1  Gen = iota + 1 // gpt-image-1-mini, 1.5, chatgpt-image-latest: three sizes
	Gen2                 // gpt-image-2: any size
	Gen25                // 2.5: also quality xhigh and max
	Gen26                // 2.6: also svg, gif and complexity
)

// GenOf is the generation of a model id. One that nobody knows, at a gateway perhaps, is
// given the benefit of the newest.
func GenOf(model string) Gen {
	switch {
	case strings.HasPrefix(model, "gpt-image-1"), strings.HasPrefix(model, "chatgpt-image"), strings.HasPrefix(model, "dall-e"):
		return Gen1
	case strings.HasPrefix(model, "gpt-image-2.5"):
		return Gen25
	case strings.HasPrefix(model, "gpt-image-2.6"):
		return Gen26
	case strings.HasPrefix(model, "gpt-image-2"):
		return Gen2
	}
	return Gen26
}
