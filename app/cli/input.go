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

	"aigc/app/fault"
)

// gather makes the input of an operation: the JSON of --input, then the flags,
// then the prompt, each over the one before.
func gather(op operation, fields map[string]*fieldFlag, prompt *string, document []byte) (json.RawMessage, error) {
	input := map[string]json.RawMessage{}
	if len(document) > 0 {
		if err := json.Unmarshal(document, &input); err != nil || input == nil {
			return nil, usage("--input is not a JSON object")
		}
	}
	texts := map[string][]string{}
	var foreign []string
	for name, f := range fields {
		if len(f.texts) == 0 {
			continue
		}
		if _, ok := op.Field(name); !ok {
			foreign = append(foreign, "--"+f.flag)
			continue
		}
		texts[name] = f.texts
	}
	if len(foreign) > 0 {
		slices.Sort(foreign)
		return nil, usage("%s is no field of %s; choose another with --operation", strings.Join(foreign, ", "), op.Kind())
	}
	if prompt != nil {
		if _, ok := op.Field("prompt"); !ok {
			return nil, usage("%s takes no prompt", op.Kind())
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

// merge puts the texts of flags over the fields of an input.
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

// check finds all faults that the schema can see, before anything is sent.
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

// document reads the JSON of --input: a file, or - for the standard input.
func (c *cli) document(path string) ([]byte, error) {
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

// isFile says whether an image value is to be read here: it is no URL, no data
// URL and no asset id. A long text that names no file is base64.
func isFile(value string) (bool, error) {
	for _, prefix := range []string{"http://", "https://", "data:"} {
		if strings.HasPrefix(value, prefix) {
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
		return false, fmt.Errorf("%s is no file", value)
	case len(value) > 1024:
		return false, nil
	}
	return false, fmt.Errorf("%s: it is no URL and no asset id, and there is no such file", oneLine(value))
}

// images puts every picture that an input names through f.
func images(op operation, raw json.RawMessage, f func(place, value string) string) (json.RawMessage, error) {
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
			continue // the schema has its say on it
		}
		text, err := json.Marshal(changed)
		if err != nil {
			return nil, err
		}
		input[field.Name] = text
	}
	return json.Marshal(input)
}

// files are the pictures of an input that are to be uploaded.
func files(op operation, raw json.RawMessage) ([]string, error) {
	var out, missing []string
	_, err := images(op, raw, func(place, value string) string {
		yes, err := isFile(value)
		if err != nil && value != "" {
			missing = append(missing, flagOf(place)+": "+err.Error())
		}
		if yes && !slices.Contains(out, value) {
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
