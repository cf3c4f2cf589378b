package ark

import "aigc/app/module"

// price is what one picture costs by BytePlus's list of November 2026, in US
// dollars. Refused pictures are free.
type price struct {
	upTo  float64 // a picture of 2.36 megapixels at most, which is tier 1.5K
	above float64 // a larger one
	input float64 // a picture to work from
	free  int     // so many of them cost nothing
}

func flat(usd float64) price { return price{upTo: usd, above: usd} }

// tierPixels is where the larger tier of prices begins.
const tierPixels = 2_360_000

// each is the price of one picture of a size; 0 where it is not known.
func (p price) each(size string) float64 {
	w, h, explicit := parseSize(size)
	if size == "2K" || size == "3K" || size == "4K" || explicit && w*h > tierPixels {
		return p.above
	}
	return p.upTo
}

// inputs is the price of the pictures to work from.
func (p price) inputs(n int) float64 { return p.input * float64(max(0, n-p.free)) }

// list is the price for the catalogue.
func (p price) list() []module.Price {
	list := []module.Price{{Per: "image", USD: p.upTo}}
	if p.above != p.upTo {
		list = []module.Price{{Per: "image", USD: p.upTo, When: "1K, 1.5K"}, {Per: "image", USD: p.above, When: "2K"}}
	}
	switch {
	case p.free > 0:
		list = append(list, module.Price{Per: "input picture", USD: p.input, When: "after the first"})
	case p.input > 0:
		list = append(list, module.Price{Per: "input picture", USD: p.input})
	}
	return list
}
