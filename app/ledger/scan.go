package ledger

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// columns reads the columns of one row from left to right. Scanning into any and
// converting here takes a third of the time that Scan takes to convert a task's row.
type columns struct {
	values []any
	to     []any // pointers to values
	next   int
	err    error
}

var columnsPool = sync.Pool{New: func() any { return &columns{} }}

// readRow scans a row of n columns and calls read with it.
func readRow(r *sql.Rows, n int, read func(*columns)) error {
	c := columnsPool.Get().(*columns)
	defer columnsPool.Put(c)
	if len(c.values) != n {
		c.values, c.to = make([]any, n), make([]any, n)
		for i := range c.values {
			c.to[i] = &c.values[i]
		}
	}
	c.next, c.err = 0, nil
	if err := r.Scan(c.to...); err != nil {
		return err
	}
	read(c)
	clear(c.values)
	return c.err
}

func (c *columns) value() any {
	v := c.values[c.next]
	c.next++
	return v
}

func (c *columns) typeError(v any, want string) {
	if c.err == nil {
		c.err = fmt.Errorf("column %d holds a %T, not %s", c.next, v, want)
	}
}

func (c *columns) text() string {
	switch v := c.value().(type) {
	case string:
		return v
	case []byte:
		return string(v)
	default:
		c.typeError(v, "text")
		return ""
	}
}

func (c *columns) number() int64 {
	v := c.value()
	n, ok := v.(int64)
	if !ok {
		c.typeError(v, "a number")
	}
	return n
}

func (c *columns) real() float64 {
	switch v := c.value().(type) {
	case float64:
		return v
	case int64:
		return float64(v)
	default:
		c.typeError(v, "a number")
		return 0
	}
}

func (c *columns) flag() bool      { return c.number() != 0 }
func (c *columns) time() time.Time { return fromMS(c.number()) }

// raw is stored JSON; nil for an empty text.
func (c *columns) raw() json.RawMessage {
	if s := c.text(); s != "" {
		return json.RawMessage(s)
	}
	return nil
}

// texts is a stored list of strings; nil for an empty text.
func (c *columns) texts() []string {
	if p := decode[[]string](c); p != nil {
		return *p
	}
	return nil
}

// decode is a value stored as JSON by [encoder.json]; nil for an empty text.
func decode[T any](c *columns) *T {
	s := c.text()
	if s == "" {
		return nil
	}
	out := new(T)
	if err := json.Unmarshal([]byte(s), out); err != nil {
		if c.err == nil {
			c.err = fmt.Errorf("column %d: %w", c.next, err)
		}
		return nil
	}
	return out
}

// encoder collects the column values of a row to be written.
type encoder struct {
	values []any
	err    error
}

func newEncoder(width int) *encoder { return &encoder{values: make([]any, 0, width)} }

func (e *encoder) add(v ...any) { e.values = append(e.values, v...) }

// json adds v as JSON text, or an empty text if none is true.
func (e *encoder) json(v any, none bool) {
	if none {
		e.add("")
		return
	}
	data, err := json.Marshal(v)
	if err != nil && e.err == nil {
		e.err = err
	}
	e.add(string(data))
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// ms is a time as stored: milliseconds since 1970; 0 for the zero time.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMS(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// inList returns the placeholders $first … and the arguments of a list of values. It
// pads the list to a power of two with its last value, so that few prepared
// statements serve all lengths.
func inList(first int, values []string) (text string, args []any) {
	n := 1
	for n < len(values) {
		n *= 2
	}
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(first+i))
		args = append(args, values[min(i, len(values)-1)])
	}
	return b.String(), args
}
