package schema

import (
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"aigc/app/provider"
)

// spell returns the allowed value that text is a spelling of: in another case, with white
// space, a size with another sign between its sides. It returns text if it is allowed as
// it is, if it is a spelling of none, or of several values of an enum.
func (n *node) spell(text string) string {
	if n.allows(text) {
		return text
	}
	if len(n.schema.Enum) > 0 {
		return n.spellEnum(text)
	}
	for _, s := range provider.Spellings(text) {
		if n.allows(s) {
			return s
		}
	}
	return text
}

func (n *node) spellEnum(text string) string {
	found := text
	matches := 0
	for _, e := range n.schema.Enum {
		allowed, _ := e.(string)
		if slices.ContainsFunc(provider.Spellings(text), func(s string) bool { return strings.EqualFold(s, allowed) }) {
			found = allowed
			matches++
		}
	}
	if matches != 1 {
		return text
	}
	return found
}

// allows reports whether a text is one of the enum and matches the pattern.
func (n *node) allows(text string) bool {
	return (len(n.schema.Enum) == 0 || slices.Contains(n.schema.Enum, any(text))) && (n.pattern == nil || n.pattern.MatchString(text))
}

// patternOf compiles the pattern of a text; nil if it has none.
func patternOf(s *huma.Schema) *regexp.Regexp {
	if s.Type != huma.TypeString || s.Pattern == "" {
		return nil
	}
	return regexp.MustCompile(s.Pattern)
}

// moveRatio moves a ratio that the field size cannot hold to the field aspect_ratio.
func (n *node) moveRatio(m map[string]any) {
	text, _ := m["size"].(string)
	ratio := n.props["aspect_ratio"]
	if ratio == nil || !n.isMisplacedRatio(text) {
		return
	}
	wanted := ratio.spell(text)
	if given := m["aspect_ratio"]; ratio.allows(wanted) && (given == nil || given == wanted) {
		m["aspect_ratio"] = wanted
		delete(m, "size")
	}
}

// isMisplacedRatio reports whether text is a ratio of sides and the field size cannot
// hold it.
func (n *node) isMisplacedRatio(text string) bool {
	size := n.props["size"]
	_, isRatio := provider.ParseRatio(text)
	return isRatio && size != nil && size.schema.Type == huma.TypeString && !size.allows(text)
}

// misplacedRatio is the fault of a ratio in the field size.
func (n *node) misplacedRatio() string {
	where := "aspect_ratio takes one"
	if n.props["aspect_ratio"] == nil {
		where = "there is no field aspect_ratio here"
	}
	return "expected " + n.props["size"].schema.PatternDescription + ", not a ratio; " + where
}
