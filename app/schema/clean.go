package schema

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"aigc/app/fault"
)

// cleaner makes a decoded input canonical. It collects faults that huma's validator would
// miss, whose values it would repeat, or whose location it would get wrong.
type cleaner struct{ faults []fault.Detail }

func (c *cleaner) addFault(where location, message string) {
	c.faults = append(c.faults, fault.Detail{Location: where.String(), Message: message})
}

// clean returns v in canonical form. A value of the wrong type is returned unchanged: the
// validator reports it.
func (c *cleaner) clean(n *node, v any, where location) any {
	switch v := v.(type) {
	case map[string]any:
		if n.schema.Type == huma.TypeObject {
			c.object(n, v, where)
		}
	case []any:
		switch {
		case n.schema.Type == huma.TypeArray:
			for i := range v {
				v[i] = c.clean(n.items, v[i], location{up: &where, index: i, item: true})
			}
		case n.single():
			c.addFault(where, "expected one value, not a list of "+strconv.Itoa(len(v)))
		}
	case json.Number:
		switch n.schema.Type {
		case huma.TypeInteger:
			return c.integer(n, v, where)
		case huma.TypeNumber:
			return c.number(n, v, where)
		}
	case string:
		if n.schema.Type == huma.TypeString {
			c.text(n, v, where)
		}
	}
	return v
}

// object cleans the properties of an object, removes nulls and unknown properties, and
// fills in defaults.
func (c *cleaner) object(n *node, m map[string]any, where location) {
	for _, k := range sortedKeys(m) {
		p, known := n.props[k]
		if !known {
			p = n.values
		}
		switch {
		case p != nil && m[k] == nil && known && !n.required[k]:
			delete(m, k)
		case p != nil:
			m[k] = c.clean(p, m[k], location{up: &where, key: k})
			if text, isText := m[k].(string); isText && k == "size" && n.isMisplacedRatio(text) {
				c.addFault(location{up: &where, key: k}, n.misplacedRatio())
			}
		case !n.open:
			c.addFault(location{up: &where, key: k}, validation.MsgUnexpectedProperty+n.hint(k))
			delete(m, k)
		}
	}
	for k, v := range n.defaults {
		if _, set := m[k]; !set {
			m[k] = v
		}
	}
}

// integer accepts integers written as 1.0 and 1e3. It refuses those that do not fit the
// Go type, and those written with a fraction or exponent beyond 2^53, where float64 is
// not exact.
func (c *cleaner) integer(n *node, num json.Number, where location) any {
	text := string(num)
	if strings.ContainsAny(text, ".eE") {
		f, err := num.Float64()
		if err == nil && f != math.Trunc(f) {
			return num // the validator reports it
		}
		if err != nil || math.Abs(f) > 1<<53 {
			c.addFault(where, "expected integer that is written out in digits")
			return num
		}
		text = strconv.FormatInt(int64(f), 10)
	}
	bits := 64
	switch n.kind {
	case reflect.Int8, reflect.Uint8:
		bits = 8
	case reflect.Int16, reflect.Uint16:
		bits = 16
	case reflect.Int32, reflect.Uint32:
		bits = 32
	}
	if n.kind >= reflect.Uint && n.kind <= reflect.Uintptr {
		if u, err := strconv.ParseUint(strings.TrimPrefix(text, "-"), 10, bits); err == nil {
			if strings.HasPrefix(text, "-") && u != 0 {
				return num // negative: the validator reports it
			}
			return json.Number(strconv.FormatUint(u, 10))
		}
	} else if i, err := strconv.ParseInt(text, 10, bits); err == nil {
		return json.Number(strconv.FormatInt(i, 10))
	}
	c.addFault(where, "expected integer of at most "+strconv.Itoa(bits)+" bits")
	return num
}

// number converts to float64 and refuses what overflows the Go type.
func (c *cleaner) number(n *node, num json.Number, where location) any {
	bits := 64
	if n.kind == reflect.Float32 {
		bits = 32
	}
	f, err := strconv.ParseFloat(string(num), bits)
	if err != nil {
		c.addFault(where, "expected number of a size that can be stored")
		return num
	}
	return f + 0 // turns -0 into 0
}

// text refuses white space where text is required, and NUL characters.
func (c *cleaner) text(n *node, s string, where location) {
	switch {
	case n.schema.MinLength != nil && *n.schema.MinLength > 0 && s != "" && strings.TrimSpace(s) == "":
		c.addFault(where, "expected more than white space")
	case strings.IndexByte(s, 0) >= 0:
		c.addFault(where, "expected text without NUL characters")
	}
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// hint suggests the property whose name is most similar to an unknown one.
func (n *node) hint(key string) string {
	if len(key) > 40 {
		return ""
	}
	best, at := "", 3
	for _, name := range n.names {
		if d := distance(strings.ToLower(key), strings.ToLower(name)); d < at && d < len(name) {
			best, at = name, d
		}
	}
	if best == "" {
		return ""
	}
	return ", did you mean " + best + "?"
}

// distance is the Levenshtein distance of two names, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := diagonal
			if a[i] != b[j] {
				d++
			}
			diagonal = row[j+1]
			row[j+1] = min(d, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// location is a path in an input; the zero value is the input itself.
type location struct {
	up    *location
	key   string
	index int
	item  bool
}

// maxKey is the limit of a caller's key in a location, in bytes.
const maxKey = 64

func (a location) String() string {
	if a.up == nil {
		return "body"
	}
	if a.item {
		return a.up.String() + "[" + strconv.Itoa(a.index) + "]"
	}
	key := a.key
	if len(key) > maxKey {
		key = strings.ToValidUTF8(key[:maxKey], "") + "…"
	}
	return a.up.String() + "." + key
}

func byLocation(a, b fault.Detail) int { return cmp.Compare(a.Location, b.Location) }
