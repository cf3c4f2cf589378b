package blob

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"aigc/app/fault"
	"aigc/app/media"
)

// Source is the origin of a file: the first part of its object name.
type Source string

// The sources.
const (
	Generated Source = "ai_generated"
	Uploaded  Source = "manual_uploads"
)

// Limits of names, in bytes: of a whole name, of an element of it, which is the name of a
// file or a directory on disk, and of the model in it.
const (
	maxName    = 512
	maxElement = 255
	maxModel   = 100
)

// Name returns the object name of the n-th file of a task. It contains the UTC day
// of the task's creation and not of the write, so a repeated Put replaces the same
// object. id must not be guessable: unless links are private, the name is the only
// permission needed to read the object.
func Name(source Source, folder media.Folder, created time.Time, model, id string, n int, ext string) string {
	return fmt.Sprintf("%s/%s/%s/%s_%s_%d%s", source, folder, created.UTC().Format("2006/01/02"), sanitizeModel(model), id, n, ext)
}

// IsName reports whether a text is the name of an object, as [Name] makes them.
func IsName(text string) bool {
	return strings.HasPrefix(text, string(Generated)+"/") || strings.HasPrefix(text, string(Uploaded)+"/")
}

// answers is the first part of the names of kept answers.
const answers = "answers/"

// AnswerName returns the object name of the answer to a submission that was paid for and
// could not be used. Such an object is no asset: see [IsAnswer].
func AnswerName(task, submit string) string { return answers + task + "/" + submit }

// IsAnswer says whether a name is that of a kept answer, also on a disk that ignores case.
func IsAnswer(name string) bool { return strings.HasPrefix(strings.ToLower(name), answers) }

// sanitizeModel replaces every character but letters, digits, '.', '_' and '-', and cuts
// what would make the name of a file too long.
func sanitizeModel(model string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return '-'
	}, model[:min(len(model), maxModel)])
}

// ValidName returns a NotFound fault unless name is text without control characters, and
// a relative path of at most 512 bytes whose elements have at most 255, are not empty and
// do not begin with a dot.
func ValidName(name string) error {
	invalid := name == "" || len(name) > maxName || !utf8.ValidString(name) ||
		strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c == '\\' || c == 0x7f })
	for part := range strings.SplitSeq(name, "/") {
		invalid = invalid || part == "" || len(part) > maxElement || strings.HasPrefix(part, ".")
	}
	if invalid {
		return fault.New(fault.NotFound, "object_not_found", "There is no such object.")
	}
	return nil
}

// Endings of objects that are made of another one and stored beside it: its name and one of
// these, of which ConvertedExt is followed by an extension.
const (
	ThumbnailExt = ".thumb.jpg"
	ConvertedExt = ".converted"
)

// Beside are the names of the objects that may stand beside a result, an input or an upload
// of a type, and belong to it.
func Beside(object, mime string) []string {
	_, ext := media.ConvertedType(mime)
	return []string{object + ConvertedExt + ext, object + ThumbnailExt, SidecarName(object)}
}

// Original is the object that an object was made of; the same if it was made of none.
func Original(name string) string {
	if original, ok := strings.CutSuffix(name, ThumbnailExt); ok {
		return original
	}
	if i := strings.LastIndex(name, ConvertedExt+"."); i > 0 {
		return name[:i]
	}
	return name
}

// Inline says whether a browser may display an object of this type in place. It is
// false for SVG and HTML, which can run scripts, and for unknown types, which a
// browser might take for one of them.
func Inline(mime string) bool {
	return mime != "image/svg+xml" && mime != "text/html" && mime != "application/octet-stream"
}
