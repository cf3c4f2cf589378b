package gpt

import (
	"fmt"
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/openai"
)

// Plan implements [module.Planner].
func (generator) Plan(in Generation, t module.Target) module.Plan {
	body, warnings := in.wire(t.Model)
	p := module.Plan{Pictures: max(1, in.N), Warnings: warnings}
	p.Quote = t.Cost(facts(body), provider.Quantity{Unit: "image", N: int64(p.Pictures)})
	return p
}

// Plan implements [module.Planner]. There is no quote: the list's prices a
// picture are for output alone, and what goes in may cost as much.
func (editor) Plan(in Edit, t module.Target) module.Plan {
	_, warnings := in.wire(t.Model)
	return module.Plan{Pictures: max(1, in.N), Warnings: warnings}
}

// Check implements [module.Checker].
func (generator) Check(in Generation, t module.Target) []module.Fault { return in.check(t.Model) }

// Check implements [module.Checker].
func (editor) Check(in Edit, t module.Target) []module.Fault {
	faults := in.check(t.Model)
	switch n := len(in.pictures()); {
	case n == 0:
		faults = append(faults, module.Fault{Field: "image", Message: "a picture to edit is required, in image or images"})
	case n > maxPictures:
		faults = append(faults, module.Fault{Field: "images", Message: fmt.Sprintf("at most %d pictures, image included", maxPictures)})
	}
	return faults
}

const maxPictures = 16

// check looks at what a schema cannot say. Of a model that nobody here knows
// nothing is asked: its vendor will.
func (o Options) check(model string) []module.Fault {
	var faults []module.Fault
	bad := func(field, message string) { faults = append(faults, module.Fault{Field: field, Message: message}) }
	gen := openai.GenOf(model)
	format := o.format(gen)
	if strings.TrimSpace(o.Prompt) == "" {
		bad("prompt", "must not be empty")
	}
	if w, h, ok := openai.ParseSize(o.Size); ok && gen >= openai.Gen2 && gen < openai.GenNext && !o.oldSize(format) {
		m := openai.SizeFault(w, h)
		if format == "gif" {
			m = openai.FrameFault(w, h, o.GIF.Frames())
		}
		if m != "" {
			bad("size", m)
		}
	}
	if o.Background == "transparent" && format != "png" && format != "webp" {
		bad("background", "transparent needs output_format png or webp")
	}
	return faults
}

// oldSize says whether the size is one that the replaced service took and that
// no model draws today; frames of a GIF may be that small.
func (o Options) oldSize(format string) bool {
	return format != "gif" && (o.Size == "256x256" || o.Size == "512x512")
}
