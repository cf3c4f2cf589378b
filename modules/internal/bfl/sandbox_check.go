package bfl

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// families are the beginnings of the names of models that the sandbox knows.
var families = []string{"flux-3-", "flux-2-", "flux-kontext-", "flux-pro-1.1", "flux-dev"}

func imitated(model string) bool {
	return slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(model, f) })
}

// strictFields are the only ones that FLUX.3 takes.
var strictFields = []string{
	"prompt", "images", "aspect_ratio", "resolution", "grounding", "safety_tolerance", "webhook_url", "webhook_secret",
}

// inspect reads a request as the real service does: all faults at once, by
// field. What a model other than FLUX.3 does not know, it ignores.
func inspect(model string, body []byte) (request, []complaint) {
	var req request
	var fields map[string]json.RawMessage
	c := checker{}
	if err := json.Unmarshal(body, &fields); err != nil || fields == nil {
		c.say("", "json_invalid", "JSON decode error")
		return req, c.faults
	}
	odd := (*json.UnmarshalTypeError)(nil)
	if err := json.Unmarshal(body, &req); errors.As(err, &odd) {
		c.say(odd.Field, "type_error", "Input should be a valid "+odd.Type.String())
		return req, c.faults
	}
	t := capabilitiesOf(model)
	if req.Prompt == "" && (t.Strict || t.Inputs > 0) {
		c.say("prompt", "missing", "Field required")
	}
	if n := req.SafetyTolerance; n != nil && (*n < 0 || *n > t.Tolerance) {
		c.say("safety_tolerance", "less_than_equal", fmt.Sprintf("Input should be less than or equal to %d", t.Tolerance))
	}
	if t.Ratio && req.AspectRatio != "" && !slices.Contains(ratios, req.AspectRatio) && (!t.Strict || req.AspectRatio != "auto") {
		c.say("aspect_ratio", "value_error", "Aspect ratio is not supported")
	}
	if t.Strict {
		c.strict(req, fields)
	} else {
		c.open(req, t)
	}
	for _, text := range append([]string{req.ImagePrompt}, req.Images...) {
		c.picture("image", text)
	}
	for _, slot := range req.slots() {
		c.picture("input_image", *slot)
	}
	return req, c.faults
}

type checker struct{ faults []complaint }

func (c *checker) say(field, kind, message string) {
	loc := []any{"body"}
	if field != "" {
		loc = append(loc, field)
	}
	c.faults = append(c.faults, complaint{Loc: loc, Msg: message, Type: kind})
}

func (c *checker) strict(req request, fields map[string]json.RawMessage) {
	for name := range fields {
		if !slices.Contains(strictFields, name) {
			c.say(name, "extra_forbidden", "Extra inputs are not permitted")
		}
	}
	known := req.Resolution == ""
	for _, r := range resolutions {
		known = known || r.Name == req.Resolution
	}
	if !known {
		c.say("resolution", "enum", "Input should be '768sq', '1k', '1.5k', '2k' or '4k'")
	}
	if len(req.Images) > 10 {
		c.say("images", "too_long", "List should have at most 10 items")
	}
}

func (c *checker) open(req request, t capabilities) {
	if f := req.OutputFormat; f != "" && f != "jpeg" && f != "png" && f != "webp" {
		c.say("output_format", "enum", "Input should be 'jpeg', 'png' or 'webp'")
	}
	for _, side := range []struct {
		name string
		n    int
	}{{"width", req.Width}, {"height", req.Height}} {
		switch {
		case t.Step == 0 || side.n == 0:
		case side.n%t.Step != 0:
			c.say(side.name, "multiple_of", fmt.Sprintf("Input should be a multiple of %d", t.Step))
		case side.n < t.MinSide, t.MaxSide > 0 && side.n > t.MaxSide:
			c.say(side.name, "out_of_range", fmt.Sprintf("Input should be from %d to %d", t.MinSide, t.MaxSide))
		}
	}
	if t.MaxArea > 0 && req.Width*req.Height > t.MaxArea {
		c.say("width", "value_error", "The output must have at most 4 megapixels")
	}
	if t.Tuned && (req.Steps < 0 || req.Steps > t.MaxSteps) {
		c.say("steps", "less_than_equal", fmt.Sprintf("Input should be from 1 to %d", t.MaxSteps))
	}
	if g := req.Guidance; t.Tuned && g != nil && (*g < t.MinGuide || *g > t.MaxGuide) {
		c.say("guidance", "less_than_equal", fmt.Sprintf("Input should be from %g to %g", t.MinGuide, t.MaxGuide))
	}
	if s := req.ImagePromptStrength; t.Strength && s != nil && (*s < 0 || *s > 1) {
		c.say("image_prompt_strength", "less_than_equal", "Input should be from 0 to 1")
	}
}

// picture looks at the first bytes of one; an address is not followed.
func (c *checker) picture(field, text string) {
	if text == "" || strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") {
		return
	}
	head, err := base64.StdEncoding.DecodeString(text[:min(len(text), 64)/4*4])
	if err != nil || !strings.HasPrefix(http.DetectContentType(head), "image/") {
		c.say(field, "value_error", "Input should be an image as base64 or a URL")
	}
}
