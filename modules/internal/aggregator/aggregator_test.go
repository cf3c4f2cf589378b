package aggregator_test

import (
	"testing"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
	"aigc/app/sandbox"
	"aigc/modules/internal/aggregator"
	aggregatorsandbox "aigc/modules/internal/aggregator/sandbox"
)

// imageInput is an input as modules have it.
type imageInput struct {
	Prompt         string              `json:"prompt"`
	Model          string              `json:"model,omitempty"`
	N              int                 `json:"n,omitempty" default:"1"`
	Size           string              `json:"size,omitempty"`
	AspectRatio    string              `json:"aspect_ratio,omitempty"`
	Quality        string              `json:"quality,omitempty" default:"auto"`
	Style          string              `json:"style,omitempty"`
	NegativePrompt string              `json:"negative_prompt,omitempty"`
	Seed           *int64              `json:"seed,omitempty"`
	OutputFormat   string              `json:"output_format,omitempty"`
	Images         []provider.ImageRef `json:"images,omitempty"`
	Mask           provider.ImageRef   `json:"mask,omitempty"`
	Logo           provider.ImageRef   `json:"logo,omitempty"`
	Watermark      *bool               `json:"watermark,omitempty"`
	Steps          int                 `json:"steps,omitempty" default:"20"`
	Moderation     string              `json:"moderation,omitempty" default:"auto"`
}

// Common implements [provider.CommonInput].
func (in imageInput) Common() provider.Common {
	return provider.Common{
		Prompt: in.Prompt, N: in.N, Size: in.Size, AspectRatio: in.AspectRatio, Quality: in.Quality, Style: in.Style, NegativePrompt: in.NegativePrompt,
		Seed: in.Seed, OutputFormat: in.OutputFormat, Images: in.Images, Mask: in.Mask, Watermark: in.Watermark,
	}.WithOther(in)
}

type videoInput struct {
	Prompt        string              `json:"prompt"`
	Model         string              `json:"model,omitempty"`
	N             int                 `json:"n,omitempty" default:"1"`
	Seconds       int                 `json:"seconds,omitempty"`
	AspectRatio   string              `json:"aspect_ratio,omitempty"`
	Resolution    string              `json:"resolution,omitempty"`
	Seed          *int64              `json:"seed,omitempty"`
	Images        []provider.ImageRef `json:"images,omitempty"`
	Video         provider.ImageRef   `json:"video,omitempty"`
	EnhancePrompt *bool               `json:"enhance_prompt,omitempty"`
	Audio         *bool               `json:"generate_audio,omitempty"`
}

// Common implements [provider.CommonInput].
func (in videoInput) Common() provider.Common {
	return provider.Common{
		Prompt: in.Prompt, N: in.N, Seconds: in.Seconds, AspectRatio: in.AspectRatio, Resolution: in.Resolution, Seed: in.Seed, Images: in.Images,
	}.WithOther(in, "seconds", "resolution")
}

var models = []module.Model{
	{ID: "seedream-4", Title: "Seedream", Prices: []provider.Price{{Unit: "image", Micros: 1, Currency: "USD"}}},
	{ID: "gpt-image-2", Title: "GPT Image"},
}

var veoModels = []module.Model{{ID: "veo-3.1-fast", Title: "Veo", Aliases: []string{"veo3", "veo-fast"}}, {ID: "veo-3.1", Title: "Veo"}}

var toy = module.Define(module.Spec{Name: "toy", Title: "Toy"},
	module.Declare(module.Operation{Name: "image", Paths: []string{"/toy/image"}, Tool: "toy_image", Media: module.Image}, aggregator.Images[imageInput](models)),
	module.Declare(module.Operation{Name: "video", Paths: []string{"/toy/video"}, Tool: "toy_video", Media: module.Video}, aggregator.Videos[videoInput](veoModels)))

func TestWire(t *testing.T) { providertest.Wire(t, toy, nil) }

// host is the imitation of one host.
func host(name string) sandbox.Imitation {
	return sandbox.Play([]sandbox.Imitation{aggregatorsandbox.New("seedream-4", "gpt-image-2", "veo-3.1-fast", "veo-3.1")}, name)[0]
}

// Each host, with results or tickets, images and videos.
func TestHosts(t *testing.T) {
	const text = `{"prompt":"a red fox","n":2,"size":"256x144","aspect_ratio":"16:9","quality":"high","seed":7,"negative_prompt":"snow","watermark":false,"steps":30}`
	unknown := map[bool]map[string]fault.Charge{true: {"fail": fault.ChargedUnknown, "refuse-output": fault.ChargedUnknown}} // of a ticket, not documented
	answers := []providertest.Ability{providertest.Overload, providertest.Cancel, providertest.Probe}
	type ability = providertest.Ability
	for _, c := range []struct {
		name, host, operation, model, input string
		results                             int
		tickets                             bool
		lacks                               []ability
	}{
		{"new-api", "newapi", "image", "seedream-4", text, 2, false, []ability{providertest.Inline, providertest.Failure, providertest.Progress}},
		{"new-api, base64", "newapi", "image", "gpt-image-2", `{"prompt":"a red fox","size":"256x256","seed":7}`, 1, false, []ability{providertest.Address, providertest.Failure, providertest.Progress}},
		{"new-api, edit", "newapi", "image", "gpt-image-2", `{"prompt":"a red fox","size":"256x256","images":["fox","den"],"mask":"mask"}`, 1, false, []ability{providertest.Address, providertest.Failure, providertest.Progress}},
		{"EvoLink", "evolink", "image", "seedream-4", `{"prompt":"a red fox","size":"256x256","images":["fox"]}`, 1, true, []ability{providertest.Inline}},
		{"Qiniu", "qiniu", "image", "seedream-4", `{"prompt":"a red fox","size":"256x256","images":["fox","den"]}`, 1, true, []ability{providertest.Inline, providertest.Progress}},
		{"chatfire", "chatfire", "image", "seedream-4", text, 2, false, []ability{providertest.Inline, providertest.Failure, providertest.Progress}},
		{"new-api, video", "newapi", "video", "veo-3.1", `{"prompt":"a red fox","seconds":8,"images":["fox"],"generate_audio":false,"seed":7}`, 1, true, []ability{providertest.Inline, providertest.RefusedOutput}},
		{"EvoLink, video", "evolink", "video", "veo-3.1-fast", `{"prompt":"a red fox","aspect_ratio":"9:16","images":["fox"]}`, 1, true, []ability{providertest.Inline}},
		{"OpenAI's dialect", "qiniu", "video", "veo-3.1-fast", `{"prompt":"a red fox","images":["fox"],"resolution":"1080p"}`, 1, true, []ability{providertest.Inline}},
		{"chatfire, video", "chatfire", "video", "veo-3.1", `{"prompt":"a red fox","enhance_prompt":true}`, 1, true, []ability{providertest.Inline, providertest.Progress}},
		{"chatfire, frames", "chatfire", "video", "veo-3.1-fast", `{"prompt":"a red fox","images":["fox","den"]}`, 1, true, []ability{providertest.Inline, providertest.Progress}},
	} {
		t.Run(c.name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: toy, Sandbox: host(c.host), Operation: "toy." + c.operation, Model: c.model, Input: c.input, Results: c.results, Tickets: c.tickets,
				Reason: "content policy", Charges: unknown[c.tickets], Lacks: append(c.lacks, answers...),
			})
		})
	}
}
