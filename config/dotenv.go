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

// dotenv sets the variables of a file, unless the environment has them already.
func (r *reader) dotenv(path string) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", path, err)
	}
	values, ok := variables(string(data))
	if !ok { // the library's error contains text of the file, which may be a secret
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

// variables parses the text of a .env file; false if it is not valid. The library
// accepts "A B" and even two lines as a name, so names are checked here.
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

// badLine returns the number of the first line with which the text is not valid.
// Quoted values can span several lines, so it looks for the longest valid prefix.
func badLine(text string) int {
	lines := strings.SplitAfter(text, "\n")
	first := len(lines)
	for n := len(lines); n > 0; n-- {
		if _, ok := variables(strings.Join(lines[:n], "")); ok {
			break
		}
		first = n
	}
	return first
}
