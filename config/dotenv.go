package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

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
	text, err := utf8Text(data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	values, ok := variables(text)
	if !ok { // the library's error contains text of the file, which may be a secret
		return fmt.Errorf("%s: line %d is not NAME=value", path, badLine(text))
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

// utf8Text returns the text of a settings file without its byte order mark. It refuses
// what is not UTF-8, because the library would replace the characters without an error.
func utf8Text(data []byte) (string, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if utf8.Valid(data) && !bytes.ContainsRune(data, 0) {
		return string(data), nil
	}
	line := 1
	for part := range bytes.Lines(data) {
		if !utf8.Valid(part) || bytes.ContainsRune(part, 0) {
			break
		}
		line++
	}
	return "", fmt.Errorf("line %d is not UTF-8 text; save the file as UTF-8", line)
}

// dollar stands for "$" while the library parses: it would replace $NAME, which is part
// of a key, by a variable. NUL cannot be in a value otherwise, see [utf8Text].
const dollar = "\x00"

// variables parses the text of a .env file; false if it is not valid. "$" is a character
// as any other. The library accepts "A B" and even two lines as a name, so names are
// checked here.
func variables(text string) (map[string]string, bool) {
	values, err := godotenv.Unmarshal(strings.ReplaceAll(text, "$", dollar))
	if err != nil {
		return nil, false
	}
	for name, value := range values {
		if !validName.MatchString(name) {
			return nil, false
		}
		values[name] = strings.ReplaceAll(value, dollar, "$")
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
