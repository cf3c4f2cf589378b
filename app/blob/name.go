package blob

import (
	"fmt"
	"strings"
	"time"

	"aigc/app/fault"
	"aigc/app/media"
)

// Source is where a file came from: the first part of its name.
type Source string

// The sources.
const (
	Generated Source = "ai_generated"
	Uploaded  Source = "manual_uploads"
)

// maxName is the longest name in bytes.
const maxName = 512

// Name is the name of the n-th file of a task: the day is that of the task's
// creation, in UTC, so a repeated put overwrites itself. The id must not be
// guessable, for the name is all that is needed to read the object.
func Name(source Source, kind media.Folder, created time.Time, model, id string, n int, ext string) string {
	return fmt.Sprintf("%s/%s/%s/%s_%s_%d%s", source, kind, created.UTC().Format("2006/01/02"), plain(model), id, n, ext)
}

func plain(model string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return '-'
	}, model)
}

// ValidName refuses names that are not plain relative paths. To a caller such
// an object does not exist.
func ValidName(name string) error {
	bad := name == "" || len(name) > maxName || strings.ContainsAny(name, "\\\x00")
	for part := range strings.SplitSeq(name, "/") {
		bad = bad || part == "" || strings.HasPrefix(part, ".")
	}
	if bad {
		return fault.New(fault.NotFound, "object_not_found", "There is no such object.")
	}
	return nil
}

// Inline says whether a browser may show an object of a type in place. SVG and
// HTML can run scripts, and an unknown type may turn out to be either.
func Inline(mime string) bool {
	return mime != "image/svg+xml" && mime != "text/html" && mime != "application/octet-stream"
}
