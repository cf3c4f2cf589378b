package ark

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
)

// Input is the union over the models and the old service's fields. What a
// model cannot honour is left out and said.
type Input struct {
	Prompt         string           `json:"prompt" minLength:"1" maxLength:"10000" doc:"what the picture shall show; 300 Chinese characters or 600 English words are advised" example:"a paper boat on a rain puddle, macro"`
	Model          string           `json:"model,omitempty" maxLength:"100" doc:"model id or endpoint id (ep-…); see /api/models"`
	Image          provider.Image   `json:"image,omitempty" doc:"a picture to work from: URL, data URL, base64 or asset id"`
	Images         []provider.Image `json:"images,omitempty" maxItems:"14" nullable:"false" doc:"further pictures to work from; 10 or 14 in all, by model"`
	N              int              `json:"n,omitempty" minimum:"1" maximum:"10" default:"1" doc:"how many pictures; each is a purchase of its own"`
	Size           string           `json:"size,omitempty" pattern:"^([0-9]{2,5}x[0-9]{2,5}|1K|1\\.5K|2K|3K|4K|adaptive)$" patternDescription:"WIDTHxHEIGHT, 1K, 1.5K, 2K, 3K, 4K or adaptive" doc:"WIDTHxHEIGHT, or a tier that lets the prompt decide the shape"`
	AspectRatio    string           `json:"aspect_ratio,omitempty" enum:"1:1,16:9,9:16,4:3,3:4,3:2,2:3,21:9" doc:"shape of the picture; becomes a size"`
	Seed           *int64           `json:"seed,omitempty" minimum:"-1" maximum:"2147483647" doc:"honoured by the retired 3.0 models only"`
	GuidanceScale  *float64         `json:"guidance_scale,omitempty" minimum:"1" maximum:"20" doc:"honoured by the retired 3.0 models only, up to 10"`
	CfgScale       *float64         `json:"cfg_scale,omitempty" minimum:"1" maximum:"20" doc:"old name of guidance_scale"`
	NegativePrompt string           `json:"negative_prompt,omitempty" maxLength:"2000" doc:"no model of today honours it"`
	Watermark      bool             `json:"watermark,omitempty" default:"false" doc:"a visible \"AI generated\" mark in the lower right"`
	OutputFormat   string           `json:"output_format,omitempty" enum:"png,jpeg" doc:"5.x models; older ones draw jpeg"`
	Sequential     string           `json:"sequential_image_generation,omitempty" enum:"auto,disabled" doc:"auto: one request may give a series; 4.0, 4.5 and 5.0 lite"`
	MaxImages      int              `json:"max_images,omitempty" minimum:"1" maximum:"15" doc:"the most that a series may have"`
	Optimize       *OptimizeOptions `json:"optimize_prompt_options,omitempty" doc:"how the vendor rewrites the prompt; 4.0 and newer"`
	WebSearch      bool             `json:"web_search,omitempty" doc:"let the model search the web; 5.0 lite"`
	Background     string           `json:"background,omitempty" enum:"auto,transparent,opaque" doc:"5.0 pro, flash and 5.5"`
	Layers         bool             `json:"layer_decomposition,omitempty" doc:"take one input picture apart into layers; 5.0 pro, flash and 5.5"`
	ResponseFormat string           `json:"response_format,omitempty" enum:"url,b64_json" doc:"accepted for old clients; the answer always holds links"`
}

func (in Input) pictures() []provider.Image {
	var all []provider.Image
	if in.Image != "" {
		all = append(all, in.Image)
	}
	return append(all, in.Images...)
}

// Plan implements [module.Planner].
func (in Input) Plan(model string) module.Plan {
	req, warnings := in.wire(model)
	p := module.Plan{Pictures: max(1, in.N), Warnings: warnings}
	if each := price(model, req.Size, len(in.pictures())); each > 0 {
		p.Quote = provider.USD(each * float64(p.Pictures))
	}
	return p
}

// Check implements [module.Checker].
func (in Input) Check(model string) []module.Fault {
	var faults []module.Fault
	bad := func(field, format string, args ...any) {
		faults = append(faults, module.Fault{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	t := TraitsOf(model)
	n := len(in.pictures())
	if strings.TrimSpace(in.Prompt) == "" {
		bad("prompt", "must not be empty")
	}
	if t.MaxInputs > 0 && n > t.MaxInputs {
		bad("images", "%s takes at most %d pictures", model, t.MaxInputs)
	}
	if w, h, ok := parseSize(in.Size); ok && (w > 16*h || h > 16*w) {
		bad("size", "the ratio of the sides must lie between 1:16 and 16:1")
	}
	if in.Layers && n != 1 {
		bad("layer_decomposition", "needs exactly one input picture")
	}
	if in.Layers && in.Background != "" {
		bad("background", "does not go with layer_decomposition")
	}
	if t.Sequential && in.Sequential == "auto" && n+in.MaxImages > 15 {
		bad("max_images", "input pictures and results may be 15 together")
	}
	return faults
}

// wire builds the request without its pictures, and says what the model cannot
// honour.
func (in Input) wire(model string) (request, []string) {
	t := TraitsOf(model)
	n := &notes{model: model}
	r := request{Model: model, Prompt: in.Prompt, ResponseFormat: "url", Watermark: &in.Watermark}
	r.Size = in.size(t, n)
	guidance := in.GuidanceScale
	if guidance == nil {
		guidance = in.CfgScale
	}
	if n.takes("seed", in.Seed != nil, t.Seeded) {
		r.Seed = in.Seed
	}
	if n.takes("guidance_scale", guidance != nil, t.Seeded) {
		v := min(*guidance, 10)
		r.GuidanceScale = &v
		if v != *guidance {
			n.say("guidance_scale became 10, the highest the model takes.")
		}
	}
	n.takes("negative_prompt", in.NegativePrompt != "", false)
	if n.takes("output_format", in.OutputFormat != "", t.Format) {
		r.OutputFormat = in.OutputFormat
	}
	if n.takes("sequential_image_generation", in.Sequential == "auto", t.Sequential) {
		r.Sequential = in.Sequential
		if in.MaxImages > 0 {
			r.SequentialOpts = &sequential{in.MaxImages}
		}
	} else if in.MaxImages > 0 {
		n.say("max_images was left out: it goes with sequential_image_generation auto.")
	}
	if n.takes("optimize_prompt_options", in.Optimize != nil, t.Optimize) {
		r.Optimize = in.Optimize
	}
	if n.takes("web_search", in.WebSearch, t.Search) {
		r.Tools = []tool{{"web_search"}}
	}
	if n.takes("background", in.Background != "", t.Layered) {
		r.Background = in.Background
	}
	if n.takes("layer_decomposition", in.Layers, t.Layered) {
		r.Layers = &in.Layers
	}
	n.takes("image", len(in.pictures()) > 0, t.MaxInputs > 0)
	return r, n.warnings
}

// size brings what the model cannot draw to the nearest it can.
func (in Input) size(t Traits, n *notes) string {
	switch {
	case t.Adaptive:
		if in.Size != "" && in.Size != "adaptive" || in.AspectRatio != "" {
			n.say("the size was left out: %s follows its input picture.", n.model)
		}
		return "adaptive"
	case in.Size == "" && in.AspectRatio != "":
		w, h, _ := parseSize(suggested[in.AspectRatio])
		w, h = t.fit(w, h)
		return sides(w, h)
	case in.Size == "":
		return t.Default
	}
	if in.AspectRatio != "" {
		n.say("aspect_ratio was left out: size says it already.")
	}
	w, h, explicit := parseSize(in.Size)
	switch {
	case !explicit && slices.Contains(t.Tiers, in.Size):
		return in.Size
	case !explicit:
		n.say("size %s became %s: %s has no such tier.", in.Size, t.Default, n.model)
		return t.Default
	}
	area := w * h
	if area < t.MinPixels || area > t.MaxPixels {
		w, h = t.fit(w, h)
		n.say("size %s became %s, the nearest that %s draws.", in.Size, sides(w, h), n.model)
	}
	return sides(w, h)
}

func sides(w, h int) string { return strconv.Itoa(w) + "x" + strconv.Itoa(h) }

// notes says what a model cannot honour.
type notes struct {
	model    string
	warnings []string
}

func (n *notes) say(format string, args ...any) {
	n.warnings = append(n.warnings, fmt.Sprintf(format, args...))
}

// takes says whether a field that was given is sent on.
func (n *notes) takes(field string, given, honoured bool) bool {
	if given && !honoured {
		n.say("%s was left out: %s does not take it.", field, n.model)
	}
	return given && honoured
}
