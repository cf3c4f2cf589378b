package fashn

import (
	"strings"

	"aigc/app/provider"
)

// isMax reports whether a model has the fields of tryon-max. Any other id, for example
// a gateway's, gets those of tryon-v1.6.
func isMax(model string) bool { return strings.Contains(model, "max") }

// imageRule is the rule for an input image: FASHN requires the prefix of a data URL and
// documents no limits.
func imageRule(field string) provider.ImageRule {
	return provider.ImageRule{Field: field, Who: title, DataURL: true}
}
