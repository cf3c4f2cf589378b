package vertex

import (
	"strings"

	"aigc/app/provider"
)

// Input is the input of a video by Veo: Google's fields, and those of the replaced
// service.
type Input struct {
	Prompt             string              `json:"prompt" minLength:"1" maxLength:"10000" doc:"Text prompt describing the video and its sound; English is the documented language" example:"a paper boat drifts along a rainy gutter, low camera, soft piano"`
	Model              string              `json:"model,omitempty" maxLength:"100" doc:"Model id; see /api/models"`
	DurationSeconds    int                 `json:"duration_seconds,omitempty" enum:"4,6,8" doc:"Length in seconds; 8 by default"`
	Duration           int                 `json:"duration,omitempty" minimum:"1" maximum:"30" doc:"Old name of duration_seconds; rounded to 4, 6 or 8"`
	AspectRatio        string              `json:"aspect_ratio,omitempty" enum:"16:9,9:16,1:1,4:3,3:4" default:"16:9" doc:"Aspect ratio: 16:9 or 9:16; others are rounded to the nearest supported value"`
	Resolution         string              `json:"resolution,omitempty" enum:"720p,1080p,4k" default:"720p" doc:"Resolution of the video; 1080p and 4k need 8 seconds; lite does not support 4k"`
	N                  int                 `json:"n,omitempty" minimum:"1" maximum:"4" default:"1" doc:"Number of videos; each is billed"`
	SampleCount        int                 `json:"sample_count,omitempty" minimum:"1" maximum:"4" doc:"Google's name of n"`
	GenerateAudio      *bool               `json:"generate_audio,omitempty" doc:"Whether the video has sound; true by default; false costs less"`
	NegativePrompt     string              `json:"negative_prompt,omitempty" maxLength:"2000" doc:"What the video must not show, as a description without \"no …\""`
	PersonGeneration   string              `json:"person_generation,omitempty" enum:"allow_adult,dont_allow,allow_all" doc:"Whether people may appear; allow_adult by default. Some values need an approved project"`
	Seed               *int64              `json:"seed,omitempty" minimum:"0" maximum:"4294967295" doc:"Random seed; makes results more similar, not equal"`
	EnhancePrompt      *bool               `json:"enhance_prompt,omitempty" doc:"Whether Google may rewrite the prompt; Google's default if not set"`
	CompressionQuality string              `json:"compression_quality,omitempty" enum:"optimized,lossless" doc:"Compression of the video; optimized by default"`
	ResizeMode         string              `json:"resize_mode,omitempty" enum:"pad,crop" doc:"How image is fitted to the aspect ratio of the video; pad by default"`
	Image              provider.ImageRef   `json:"image,omitempty" doc:"First frame, a JPEG or PNG"`
	LastFrame          provider.ImageRef   `json:"last_frame,omitempty" doc:"Last frame, a JPEG or PNG; needs image"`
	ReferenceImages    []provider.ImageRef `json:"reference_images,omitempty" maxItems:"3" nullable:"false" doc:"Up to 3 images of things or people that the video shows; needs 8 seconds; not on lite"`
	Video              provider.ImageRef   `json:"video,omitempty" doc:"Video made by Veo that is extended by 7 seconds: MP4 of 1 to 30 seconds"`
	Images             []provider.ImageRef `json:"images,omitempty" maxItems:"3" nullable:"false" doc:"Old name of image and last_frame: first frame, then last frame"`
	GuidanceScale      *float64            `json:"guidance_scale,omitempty" doc:"Ignored: Veo does not support it"`
	Labels             map[string]string   `json:"labels,omitempty" doc:"Your own labels for Google's billing reports: lower-case letters, digits, _ and -"`
}

// frames are the first and last frame: image and last_frame, else those of images.
func (in Input) frames() (first, last provider.ImageRef) {
	if in.Image != "" || in.LastFrame != "" || len(in.Images) == 0 {
		return in.Image, in.LastFrame
	}
	if len(in.Images) > 1 {
		last = in.Images[1]
	}
	return in.Images[0], last
}

// count is the number of videos.
func (in Input) count() int { return max(1, in.N, in.SampleCount) }

// needsEightSeconds reports whether the model supports only 8 seconds for the
// input. For lite this is not documented, so Google decides.
func (in Input) needsEightSeconds(model string) bool {
	large := in.Resolution == "1080p" || in.Resolution == "4k"
	return !isLite(model) && (large || len(in.ReferenceImages) > 0)
}

// seconds is the nearest supported duration; 0 for an extension, whose duration
// cannot be set.
func (in Input) seconds(model string) int {
	switch d := in.Duration; {
	case in.Video != "":
		return 0
	case in.DurationSeconds > 0:
		return in.DurationSeconds
	case d == 0 || d >= 7 || in.needsEightSeconds(model):
		return 8
	case d >= 5:
		return 6
	}
	return 4
}

// extensionSeconds is the duration that an extension adds.
const extensionSeconds = 7

// isLegacyModel reports whether a model name is one of the replaced service.
func isLegacyModel(name string) bool { return name == "veo3" || strings.HasPrefix(name, "veo3-") }

func isLite(model string) bool { return strings.Contains(model, "-lite-") }
