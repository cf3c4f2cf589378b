package picture

import "fmt"

// SVG returns a vector image: hills under a sun, in colours chosen by the seed.
func SVG(s Spec) []byte {
	hue := s.Seed % 360
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 100 100" preserveAspectRatio="xMidYMid slice">`+
		`<rect width="100" height="100" fill="hsl(%d 60%% 85%%)"/><circle cx="%d" cy="30" r="12" fill="#fc6"/>`+
		`<path d="M0 80 Q25 50 50 75 T100 65 V100 H0Z" fill="hsl(%d 45%% 45%%)"/></svg>`, s.Width, s.Height, hue, 25+s.Seed%50, hue)
}
