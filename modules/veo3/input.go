package veo3

import (
	"fmt"
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/vertex"
)

// Input is what Veo takes, with the old service's names beside.
type Input struct {
	Prompt             string           `json:"prompt" minLength:"1" maxLength:"10000" doc:"what happens in the film, and what is heard; English is the documented language" example:"a paper boat drifts along a rainy gutter, low camera, soft piano"`
	Model              string           `json:"model,omitempty" maxLength:"100" doc:"model id; see /api/models"`
	DurationSeconds    int              `json:"duration_seconds,omitempty" enum:"4,6,8" doc:"length in seconds; 8 by default"`
	Duration           int              `json:"duration,omitempty" minimum:"1" maximum:"30" doc:"old name of duration_seconds; brought to 4, 6 or 8"`
	AspectRatio        string           `json:"aspect_ratio,omitempty" enum:"16:9,9:16,1:1,4:3,3:4" default:"16:9" doc:"16:9 or 9:16; the others are brought to the nearest"`
	Resolution         string           `json:"resolution,omitempty" enum:"720p,1080p,4k" default:"720p" doc:"1080p and 4k need 8 seconds"`
	N                  int              `json:"n,omitempty" minimum:"1" maximum:"4" default:"1" doc:"how many films; each is billed"`
	SampleCount        int              `json:"sample_count,omitempty" minimum:"1" maximum:"4" doc:"the vendor's name of n"`
	GenerateAudio      *bool            `json:"generate_audio,omitempty" doc:"with sound, which is the default; silent is cheaper"`
	NegativePrompt     string           `json:"negative_prompt,omitempty" maxLength:"2000" doc:"what shall not appear; describe it, do not write \"no …\""`
	PersonGeneration   string           `json:"person_generation,omitempty" enum:"allow_adult,dont_allow,allow_all" doc:"whether people may appear; what a project may use differs"`
	Seed               *int64           `json:"seed,omitempty" minimum:"0" maximum:"4294967295" doc:"makes repetition likelier, does not guarantee it"`
	EnhancePrompt      *bool            `json:"enhance_prompt,omitempty" doc:"let the vendor write the prompt out; sent only when given"`
	CompressionQuality string           `json:"compression_quality,omitempty" enum:"optimized,lossless" doc:"optimized by default"`
	ResizeMode         string           `json:"resize_mode,omitempty" enum:"pad,crop" doc:"how the first picture is fitted; pad by default"`
	Image              provider.Image   `json:"image,omitempty" doc:"the first frame: URL, data URL, base64 or asset id of a JPEG or PNG"`
	LastFrame          provider.Image   `json:"last_frame,omitempty" doc:"the last frame; needs image"`
	ReferenceImages    []provider.Image `json:"reference_images,omitempty" maxItems:"3" nullable:"false" doc:"up to 3 pictures of what shall appear; 8 seconds, not lite"`
	Video              provider.Image   `json:"video,omitempty" doc:"a film of Veo's to go on with, by 7 seconds"`
	Images             []provider.Image `json:"images,omitempty" maxItems:"3" nullable:"false" doc:"old name: first frame, then last frame"`
	GuidanceScale      *float64         `json:"guidance_scale,omitempty" doc:"Veo has none"`
}

// first is the first frame, by either name.
func (in Input) first() provider.Image {
	if in.Image == "" && len(in.Images) > 0 {
		return in.Images[0]
	}
	return in.Image
}

// last is the last frame, by either name.
func (in Input) last() provider.Image {
	if in.LastFrame == "" && len(in.Images) > 1 {
		return in.Images[1]
	}
	return in.LastFrame
}

func (in Input) references() []provider.Image { return in.ReferenceImages }

// Plan implements [module.Planner].
func (in Input) Plan(model string) module.Plan {
	body, warnings := in.wire(model)
	p := module.Plan{Pictures: max(1, body.Parameters.SampleCount), Warnings: warnings}
	sound := in.GenerateAudio == nil || *in.GenerateAudio
	seconds := body.Parameters.DurationSeconds
	if in.Video != "" {
		seconds = 7 // what an extension adds
	}
	if each := quote(model, body.Parameters.Resolution, sound); each > 0 {
		p.Quote = provider.USD(each * float64(seconds*p.Pictures))
	}
	return p
}

// Check implements [module.Checker].
func (in Input) Check(model string) []module.Fault {
	var faults []module.Fault
	bad := func(field, format string, args ...any) {
		faults = append(faults, module.Fault{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	refs := len(in.ReferenceImages) > 0
	seconds := in.seconds()
	if strings.TrimSpace(in.Prompt) == "" {
		bad("prompt", "must not be empty")
	}
	if in.last() != "" && in.first() == "" {
		bad("last_frame", "needs image, the first frame")
	}
	if refs && (in.first() != "" || in.Video != "") {
		bad("reference_images", "do not go with image or video")
	}
	if in.Video != "" && in.first() != "" {
		bad("video", "does not go with image")
	}
	if refs && isLite(model) {
		bad("reference_images", "%s takes none", model)
	}
	if in.DurationSeconds != 0 && seconds != 8 && (refs || in.large() && !isLite(model)) {
		bad("duration_seconds", "must be 8 with reference_images, 1080p or 4k")
	}
	if in.Resolution == "4k" && isLite(model) {
		bad("resolution", "%s makes 720p and 1080p", model)
	}
	return faults
}

func (in Input) large() bool { return in.Resolution == "1080p" || in.Resolution == "4k" }

// seconds is the nearest length that Veo makes.
func (in Input) seconds() int {
	switch d := in.Duration; {
	case in.DurationSeconds > 0:
		return in.DurationSeconds
	case d == 0 || d >= 7:
		return 8
	case d >= 5:
		return 6
	}
	return 4
}

// wire builds the vendor's request without its pictures, and says what Veo
// cannot honour.
func (in Input) wire(model string) (vertex.Request, []string) {
	var warnings []string
	warn := func(format string, args ...any) { warnings = append(warnings, fmt.Sprintf(format, args...)) }
	p := vertex.Parameters{
		DurationSeconds: in.seconds(), AspectRatio: "16:9", Resolution: in.Resolution, SampleCount: max(1, in.N, in.SampleCount),
		GenerateAudio: in.GenerateAudio, NegativePrompt: in.NegativePrompt, PersonGeneration: in.PersonGeneration, Seed: in.Seed,
		EnhancePrompt: in.EnhancePrompt, CompressionQuality: in.CompressionQuality,
	}
	if p.Resolution == "" {
		p.Resolution = "720p"
	}
	if p.GenerateAudio == nil {
		sound := true // documented as required for the Veo 3 family
		p.GenerateAudio = &sound
	}
	if p.DurationSeconds != 8 && in.DurationSeconds == 0 && (len(in.ReferenceImages) > 0 || in.large() && !isLite(model)) {
		p.DurationSeconds = 8
	}
	if in.DurationSeconds == 0 && in.Duration > 0 && in.Duration != p.DurationSeconds {
		warn("duration %d became %d seconds: Veo makes films of 4, 6 and 8.", in.Duration, p.DurationSeconds)
	}
	switch in.AspectRatio {
	case "9:16", "3:4":
		p.AspectRatio = "9:16"
	}
	if in.AspectRatio != "" && in.AspectRatio != p.AspectRatio {
		warn("aspect_ratio %s became %s, the nearest that Veo makes.", in.AspectRatio, p.AspectRatio)
	}
	if in.ResizeMode != "" {
		if in.first() != "" {
			p.ResizeMode = in.ResizeMode
		} else {
			warn("resize_mode was left out: it is for films from a picture.")
		}
	}
	if in.GuidanceScale != nil {
		warn("guidance_scale was left out: Veo has none.")
	}
	if len(in.Images) > 2 {
		warn("Only the first two of images were used, as first and last frame.")
	}
	return vertex.Request{Instances: []vertex.Instance{{}}, Parameters: p}, warnings
}
