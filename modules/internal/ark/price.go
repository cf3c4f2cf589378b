package ark

import "strings"

// price is the list price of one picture in US dollars (BytePlus, November
// 2026), 0 where it is not known. Refused pictures are free.
func price(model, size string, inputs int) float64 {
	id := strings.TrimPrefix(strings.TrimPrefix(model, "doubao-"), "dola-")
	w, h, explicit := parseSize(size)
	large := size == "2K" || explicit && w*h > 2_360_000
	switch {
	case strings.HasPrefix(id, "seedream-5-5"):
		each := 0.020
		if large {
			each = 0.035
		}
		return each + 0.008*float64(inputs)
	case strings.HasPrefix(id, "seedream-5-0-pro"):
		each := 0.045
		if large {
			each = 0.09
		}
		return each + 0.003*float64(max(0, inputs-1))
	case strings.HasPrefix(id, "seedream-5-0-flash"):
		return 0.018
	case strings.HasPrefix(id, "seedream-5-0"):
		return 0.035
	case strings.HasPrefix(id, "seedream-4-5"):
		return 0.04
	case strings.HasPrefix(id, "seedream-4-0"), strings.HasPrefix(id, "seedream-3-0"), strings.HasPrefix(id, "seededit-3-0"):
		return 0.03
	}
	return 0
}
