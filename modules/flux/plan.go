package flux

import (
	"fmt"
	"strings"

	"aigc/app/module"
	"aigc/modules/internal/bfl"
)

// Plan implements [module.Planner].
func (driver) Plan(in Input, t module.Target) module.Plan {
	req, warnings := in.wire(t.Model)
	p := module.Plan{Pictures: max(1, in.N), Warnings: warnings}
	if one := quote(t, req, len(in.pictures(bfl.TraitsOf(t.Model)))); one != nil {
		p.Quote = one.Times(int64(p.Pictures))
	}
	return p
}

// Check implements [module.Checker].
func (driver) Check(in Input, target module.Target) []module.Fault {
	model := target.Model
	var faults []module.Fault
	bad := func(field, format string, args ...any) {
		faults = append(faults, module.Fault{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	t := bfl.TraitsOf(model)
	if strings.TrimSpace(in.Prompt) == "" {
		bad("prompt", "must not be empty")
	}
	switch {
	case in.Width == 0 && in.Height != 0:
		bad("width", "width and height belong together")
	case in.Height == 0 && in.Width != 0:
		bad("height", "width and height belong together")
	case t.Step > 0 && in.Width > 0:
		for _, side := range []struct {
			field string
			n     int
		}{{"width", in.Width}, {"height", in.Height}} {
			if m := sideFault(t, side.n); m != "" {
				bad(side.field, "%s %s", model, m)
			}
		}
		if t.MaxArea > 0 && in.Width*in.Height > t.MaxArea {
			bad("width", "%s draws at most 4 megapixels", model)
		}
	}
	if n := len(in.inputs()); t.Inputs > 0 && n > t.Inputs {
		bad("input_images", "%s takes at most %d pictures", model, t.Inputs)
	}
	return faults
}

func sideFault(t bfl.Traits, n int) string {
	switch {
	case n%t.Step != 0:
		return fmt.Sprintf("takes multiples of %d", t.Step)
	case n < t.MinSide:
		return fmt.Sprintf("draws at least %d pixels a side", t.MinSide)
	case t.MaxSide > 0 && n > t.MaxSide:
		return fmt.Sprintf("draws at most %d pixels a side", t.MaxSide)
	}
	return ""
}
