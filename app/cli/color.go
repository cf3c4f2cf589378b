package cli

import (
	"io"
	"os"

	"golang.org/x/term"
)

// paint adds ANSI colours to text if it is true.
type paint bool

func (p paint) in(code, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p paint) bold(s string) string   { return p.in("1", s) }
func (p paint) dim(s string) string    { return p.in("2", s) }
func (p paint) red(s string) string    { return p.in("31;1", s) }
func (p paint) green(s string) string  { return p.in("32", s) }
func (p paint) yellow(s string) string { return p.in("33", s) }
func (p paint) cyan(s string) string   { return p.in("36", s) }

// terminal says whether w is a terminal that understands escape sequences.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// colours says whether output to w may have colours (https://no-color.org).
func colours(w io.Writer) bool { return terminal(w) && os.Getenv("NO_COLOR") == "" }
