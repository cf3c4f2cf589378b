package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/google/uuid"

	"aigc/app/blob"
	"aigc/app/fault"
)

// buildInput builds the input of an operation from the JSON of --input, the flags
// and the prompt. Later ones override earlier ones.
func buildInput(op operation, fields map[string]*fieldFlag, prompt *string, document []byte) (json.RawMessage, error) {
	input := map[string]json.RawMessage{}
	if len(document) > 0 {
		if err := json.Unmarshal(document, &input); err != nil || input == nil {
			return nil, usage("--input is not a JSON object")
		}
	}
	texts := map[string][]string{}
	var unknown []string
	for name, f := range fields {
		if len(f.texts) == 0 {
			continue
		}
		if _, ok := op.Field(name); !ok {
			unknown = append(unknown, "--"+f.flag)
			continue
		}
		texts[name] = f.texts
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return nil, usage("%s is not a field of %s; choose another operation with --operation", strings.Join(unknown, ", "), op.Kind())
	}
	if prompt != nil {
		if _, ok := op.Field("prompt"); !ok {
			return nil, usage("%s has no prompt", op.Kind())
		}
		if len(texts["prompt"]) > 0 {
			return nil, usage("the prompt is given twice: as an argument and by --prompt")
		}
		texts["prompt"] = []string{*prompt}
	}
	if err := merge(op, input, texts); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	return raw, check(op, raw)
}

// merge overrides fields of input by the texts of flags.
func merge(op operation, input map[string]json.RawMessage, texts map[string][]string) error {
	raw, err := op.FromForm(texts)
	if err != nil {
		return err
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil {
		return err
	}
	for name, v := range values {
		input[name] = v
	}
	return nil
}

// check validates the input against the schema before anything is sent.
func check(op operation, raw json.RawMessage) error {
	_, err := op.Parse(raw)
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	if len(f.Details) == 0 {
		return usage("%s", f.Message)
	}
	lines := make([]string, len(f.Details))
	for i, d := range f.Details {
		lines[i] = flagOf(d.Location) + ": " + d.Message
	}
	if len(lines) == 1 {
		return usage("%s", lines[0])
	}
	return usage("the input has %d faults:\n  %s", len(lines), strings.Join(lines, "\n  "))
}

// readInput reads the JSON of --input: a file, or - for the standard input.
func (c *cli) readInput(path string) ([]byte, error) {
	var data []byte
	var err error
	switch path {
	case "":
		return nil, nil
	case "-":
		data, err = io.ReadAll(c.In)
	default:
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("--input cannot be read: %w", err)
	}
	if len(data) == 0 {
		return nil, usage("--input is empty")
	}
	return data, nil
}

// isFile says whether the value of an image field is a local file: not a URL, data
// URL or asset id. Text over 1024 bytes that is not a file is taken for base64.
func isFile(value string) (bool, error) {
	for _, prefix := range []string{"http://", "https://", "data:"} {
		if len(value) >= len(prefix) && strings.EqualFold(value[:len(prefix)], prefix) {
			return false, nil
		}
	}
	if _, err := uuid.Parse(value); err == nil && len(value) == 36 {
		return false, nil
	}
	info, err := os.Stat(value)
	switch {
	case err == nil && info.Mode().IsRegular():
		return true, nil
	case err == nil:
		return false, fmt.Errorf("%s is not a regular file", value)
	case len(value) > 1024, blob.IsName(value), strings.HasPrefix(value, "/api/images/"):
		return false, nil // base64, or an object of the server
	}
	return false, fmt.Errorf("%s: not a URL, not an asset id, and no such file", oneLine(value))
}

// mapImages replaces every image value of an input by the result of f.
func mapImages(op operation, raw json.RawMessage, f func(location, value string) string) (json.RawMessage, error) {
	var input map[string]json.RawMessage
	if err := json.Unmarshal(raw, &input); err != nil {
		return nil, err
	}
	for _, field := range op.Fields() {
		value, given := input[field.Name]
		if !given || !field.Image {
			continue
		}
		var list []string
		var one string
		var changed any
		if json.Unmarshal(value, &one) == nil {
			changed = f("body."+field.Name, one)
		} else if json.Unmarshal(value, &list) == nil {
			for i := range list {
				list[i] = f(fmt.Sprintf("body.%s[%d]", field.Name, i), list[i])
			}
			changed = list
		} else {
			continue // check reports it
		}
		text, err := json.Marshal(changed)
		if err != nil {
			return nil, err
		}
		input[field.Name] = text
	}
	return json.Marshal(input)
}

// localFiles returns the local files among the images of an input, each once.
func localFiles(op operation, raw json.RawMessage) ([]string, error) {
	var out, missing []string
	_, err := mapImages(op, raw, func(location, value string) string {
		local, err := isFile(value)
		if err != nil && value != "" {
			missing = append(missing, flagOf(location)+": "+err.Error())
		}
		if local && !slices.Contains(out, value) {
			out = append(out, value)
		}
		return value
	})
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		return nil, usage("%s", strings.Join(missing, "\n  "))
	}
	return out, nil
}
