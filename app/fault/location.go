package fault

import (
	"regexp"
	"strings"
)

// places matches the locations in a message of [InvalidInput]: each begins the text or
// follows the fault before it.
var places = regexp.MustCompile(`(^|; )(body(?:[.\[][^\s:;]*)?): `)

// RenameLocations replaces the locations of an input's faults in a message, for faces
// whose callers know the fields by other names than "body.image".
func RenameLocations(message string, rename func(location string) string) string {
	return places.ReplaceAllStringFunc(message, func(found string) string {
		m := places.FindStringSubmatch(found)
		return m[1] + rename(m[2]) + ": "
	})
}

// Argument is the name of an argument of a tool, which has no body: "image" for
// "body.image", "arguments" for "body".
func Argument(location string) string {
	if location == "body" {
		return "arguments"
	}
	return strings.TrimPrefix(location, "body.")
}
