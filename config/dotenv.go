package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/joho/godotenv"
)

// dotenv reads a file of variables; what the environment has already wins.
func (r *reader) dotenv(path string) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", path, err)
	}
	values, ok := variables(string(data))
	if !ok { // the library's own text repeats the rest of the file, secrets and all
		return fmt.Errorf("%s: line %d is not NAME=value", path, badLine(string(data)))
	}
	for name, value := range values {
		if r.source[name] != "" || value == "" {
			continue
		}
		if err := os.Setenv(name, value); err != nil {
			return fmt.Errorf("%s: %s cannot be set: %w", path, name, err)
		}
		r.source[name] = path
	}
	return nil
}

var validName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// variables reads the text of a file; false if a part of it is none. The
// library takes "A B" and even two lines for a name.
func variables(text string) (map[string]string, bool) {
	values, err := godotenv.Unmarshal(text)
	if err != nil {
		return nil, false
	}
	for n := range values {
		if !validName.MatchString(n) {
			return nil, false
		}
	}
	return values, true
}

// badLine finds the line after which the file cannot be read any more. A
// quotation may run over several lines, so the last line that still could be
// read marks the place.
func badLine(text string) int {
	lines := strings.SplitAfter(text, "\n")
	bad := len(lines)
	for n := len(lines); n > 0; n-- {
		if _, ok := variables(strings.Join(lines[:n], "")); ok {
			break
		}
		bad = n
	}
	return bad
}
