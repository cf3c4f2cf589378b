package cli

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/rivo/uniseg"
)

// table prints rows with aligned columns.
type table struct {
	out   io.Writer
	rows  [][]string // one of a single cell is a heading, in no column
	width int        // columns of the screen that a row may take; 0: any
}

// screenColumns is the width of a list, which even a narrow terminal shows without
// breaking lines.
const screenColumns = 80

// newTable makes a table whose rows may be of any width.
func newTable(out io.Writer, head ...string) *table {
	t := &table{out: out}
	if len(head) > 0 {
		t.row(head...)
	}
	return t
}

// newList makes a table whose last column is cut so that each row fits on the screen.
func newList(out io.Writer, head ...string) *table {
	t := newTable(out, head...)
	t.width = screenColumns
	return t
}

// row adds a row; flush returns the errors of writing.
func (t *table) row(cells ...string) {
	for i, cell := range cells {
		cells[i] = oneLine(cell)
	}
	t.rows = append(t.rows, cells)
}

// heading adds a line above the following rows.
func (t *table) heading(text string) { t.row(text) }

// gap is the space between two columns.
const gap = "  "

func (t *table) flush() error {
	var widths []int
	for _, row := range t.rows {
		if len(row) == 1 {
			continue
		}
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], uniseg.StringWidth(cell))
		}
	}
	var text strings.Builder
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			if len(row) == 1 || i == len(widths)-1 {
				line.WriteString(t.cut(cell, uniseg.StringWidth(line.String())))
				break
			}
			line.WriteString(cell + strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell)) + gap)
		}
		text.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := io.WriteString(t.out, text.String())
	return err
}

// cut shortens a cell that begins in a column of the screen to what fits in its row.
func (t *table) cut(cell string, column int) string {
	if t.width == 0 {
		return cell
	}
	return shorten(cell, t.width-column)
}

// shorten cuts text to a width in columns of a screen, where some characters take two,
// and marks the cut.
func shorten(text string, width int) string {
	if uniseg.StringWidth(text) <= width {
		return text
	}
	var out strings.Builder
	used := 1 // of the mark
	for g := uniseg.NewGraphemes(text); g.Next(); {
		if used += g.Width(); used > width {
			break
		}
		out.WriteString(g.Str())
	}
	return strings.TrimRight(out.String(), " ") + "…"
}

// wrap breaks text between words into lines of at most width columns that begin with an
// indent.
func wrap(text, indent string, width int) string {
	var out []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = indent + word
		case uniseg.StringWidth(line+" "+word) > width:
			out = append(out, line)
			line = indent + word
		default:
			line += " " + word
		}
	}
	return strings.Join(append(out, line), "\n")
}

// oneLine removes tabs, line ends and escape characters from text of other systems.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x9b }), " ")
}

// printJSON writes a value as indented JSON.
func printJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
