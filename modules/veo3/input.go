package veo3

import (
	"strings"

	"aigc/app/provider"
)

// Input is what Veo takes, with the old service's names beside.
type Input struct {
	Prompt             string            `json:"prompt" minLength:"1" maxLength:"10000" doc:"what happens in the film, and what is heard; English is the documented language" example:"a paper boat drifts along a rainy gutter, low camera, soft piano"`
	Model              string            `json:"model,omitempty" maxLength:"100" doc:"model id; see /api/models"`
	DurationSeconds    int               `json:"duration_seconds,omitempty" enum:"4,6,8" doc:"length in seconds; 8 by default"`
	Duration           int               `json:"duration,omitempty" minimum:"1" maximum:"30" doc:"old name of duration_seconds; brought to 4, 6 or 8"`
	AspectRatio        string            `json:"aspect_ratio,omitempty" enum:"16:9,9:16,1:1,4:3,3:4" default:"16:9" doc:"16:9 or 9:16; the others are brought to the nearest"`
	Resolution         string            `json:"resolution,omitempty" enum:"720p,1080p,4k" default:"720p" doc:"1080p and 4k need 8 seconds"`
	N                  int               `json:"n,omitempty" minimum:"1" maximum:"4" default:"1" doc:"how many films; each is billed"`
	SampleCount        int               `json:"sample_count,omitempty" minimum:"1" maximum:"4" doc:"the vendor's name of n"`
	GenerateAudio      *bool             `json:"generate_audio,omitempty" doc:"with sound, which is the default; silent is cheaper"`
	NegativePrompt     string            `json:"negative_prompt,omitempty" maxLength:"2000" doc:"what shall not appear; describe it, do not write \"no …\""`
	PersonGeneration   string            `json:"person_generation,omitempty" enum:"allow_adult,dont_allow,allow_all" doc:"whether people may appear; allow_adult by default; what a project may use differs"`
	Seed               *int64            `json:"seed,omitempty" minimum:"0" maximum:"4294967295" doc:"makes repetition likelier, does not guarantee it"`
	EnhancePrompt      *bool             `json:"enhance_prompt,omitempty" doc:"let the vendor write the prompt out; sent only when given"`
	CompressionQuality string            `json:"compression_quality,omitempty" enum:"optimized,lossless" doc:"optimized by default"`
	ResizeMode         string            `json:"resize_mode,omitempty" enum:"pad,crop" doc:"how the first picture is fitted; pad by default"`
	Image              provider.Image    `json:"image,omitempty" doc:"the first frame, a JPEG or PNG"`
	LastFrame          provider.Image    `json:"last_frame,omitempty" doc:"the last frame, a JPEG or PNG; needs image"`
	ReferenceImages    []provider.Image  `json:"reference_images,omitempty" maxItems:"3" nullable:"false" doc:"up to 3 pictures of what shall appear; 8 seconds, not lite"`
	Video              provider.Image    `json:"video,omitempty" doc:"a film of Veo's to go on with, by 7 seconds: MP4 of 1 to 30 seconds"`
	Images             []provider.Image  `json:"images,omitempty" maxItems:"3" nullable:"false" doc:"old name: first frame, then last frame"`
	GuidanceScale      *float64          `json:"guidance_scale,omitempty" doc:"Veo has none"`
	Labels             map[string]string `json:"labels,omitempty" doc:"your own labels on the vendor's bill: small letters, digits, _ and -"`
}

// frames are the first and the last, by either name.
func (in Input) frames() (first, last provider.Image) {
	if in.Image != "" || in.LastFrame != "" || len(in.Images) == 0 {
		return in.Image, in.LastFrame
	}
	if len(in.Images) > 1 {
		last = in.Images[1]
	}
	return in.Images[0], last
}

// references are the pictures of what shall appear that the model is sent.
func (in Input) references(model string) []provider.Image {
	if isLite(model) {
		return nil
	}
	return in.ReferenceImages
}

// count is how many films are asked for.
func (in Input) count() int { return max(1, in.N, in.SampleCount) }

// onlyEight says whether the model makes what is asked for in 8 seconds alone.
// What lite does is left to the vendor to say: those who sell it disagree.
func (in Input) onlyEight(model string) bool {
	large := in.Resolution == "1080p" || in.Resolution == "4k"
	return !isLite(model) && (large || len(in.ReferenceImages) > 0)
}

// seconds is the nearest length that Veo makes; 0 for an extension, whose
// length is not to be chosen.
func (in Input) seconds(model string) int {
	switch d := in.Duration; {
	case in.Video != "":
		return 0
	case in.DurationSeconds > 0:
		return in.DurationSeconds
	case d == 0 || d >= 7 || in.onlyEight(model):
		return 8
	case d >= 5:
		return 6
	}
	return 4
}

// extension is how many seconds a film is extended by.
const extension = 7

// oldModel says whether a model is asked for by a name of the replaced service.
func oldModel(name string) bool { return name == "veo3" || strings.HasPrefix(name, "veo3-") }
