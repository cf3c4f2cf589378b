package cli

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"aigc/app/service"
)

// target is where results are written.
type target struct {
	folder string
	name   string // without extension; empty: the server's name of the file
	ext    string // with its dot, one of a file type; empty: by the result's type
	stdout bool
}

// newTarget parses -o: a file with or without an extension, a folder, or - for
// standard output, which --json cannot share. It checks that the folder can be written
// before a request is submitted.
func newTarget(o string, asJSON bool) (target, error) {
	t := target{folder: "."}
	switch {
	case o == "":
	case o == "-" && asJSON:
		return t, usage("--json and -o - both write to the standard output: write the result to a file")
	case o == "-":
		return target{stdout: true}, nil
	case strings.HasSuffix(o, "/") || isFolder(o):
		t.folder = filepath.Clean(o)
		if err := os.MkdirAll(t.folder, 0o777); err != nil {
			return t, fmt.Errorf("-o: %w", err)
		}
	default:
		t.folder, t.name = filepath.Dir(o), filepath.Base(o)
		// "fox.v2" has no extension of a file type, and all of ".png" is the name.
		if ext := filepath.Ext(o); formats[strings.ToLower(ext)] != "" && ext != t.name {
			t.name, t.ext = strings.TrimSuffix(t.name, ext), ext
		}
	}
	folder := t.folder
	if t.name != "" {
		folder = filepath.Dir(followLinks(o))
	}
	f, err := os.CreateTemp(folder, ".aigc-*")
	if err != nil {
		return t, fmt.Errorf("results cannot be written to %s: %w", folder, err)
	}
	_ = f.Close()
	return t, os.Remove(f.Name())
}

func isFolder(p string) bool {
	info, err := os.Stat(p)
	return err == nil && info.IsDir()
}

// extensions are the extensions of results by media type.
var extensions = map[string]string{
	"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif", "image/tiff": ".tiff", "image/avif": ".avif",
	"image/heic": ".heic", "image/svg+xml": ".svg", "image/bmp": ".bmp", "video/mp4": ".mp4", "video/webm": ".webm", "video/quicktime": ".mov",
}

// formats are the names of file formats, as fields for them have, by extension.
var formats = map[string]string{
	".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".jpe": "jpeg", ".jfif": "jpeg", ".webp": "webp", ".gif": "gif", ".svg": "svg", ".bmp": "bmp",
	".tiff": "tiff", ".tif": "tiff", ".avif": "avif", ".heic": "heic", ".heif": "heic", ".mp4": "mp4", ".m4v": "mp4", ".webm": "webm", ".mov": "mov",
}

// path returns the file for result i of n. If the extension of -o does not fit the
// result's type, the file gets the right one, and the warning says so: a file is never
// named as what it is not. The file with the other name is none that the caller asked
// to overwrite, so one that exists is kept.
func (t target) path(r service.ResultView, i, n int) (file, warning string) {
	if t.name == "" {
		return filepath.Join(t.folder, serverName(r)), ""
	}
	name := t.name
	if n > 1 {
		name += "-" + strconv.Itoa(i+1)
	}
	ext, want := t.ext, extensions[r.MIMEType]
	switch {
	case ext == "":
		return filepath.Join(t.folder, name+want), ""
	case want == "" || formats[strings.ToLower(ext)] == formats[want]:
		return filepath.Join(t.folder, name+ext), ""
	}
	file = filepath.Join(t.folder, name+want)
	for k := 2; exists(file); k++ {
		file = filepath.Join(t.folder, fmt.Sprintf("%s-%d%s", name, k, want))
	}
	return file, fmt.Sprintf("the result is %s, so it is not written to %s but to %s", r.MIMEType, name+ext, filepath.Base(file))
}

func exists(file string) bool {
	_, err := os.Lstat(file)
	return err == nil
}

// withFormat asks for the file format that the extension of -o names, unless the input
// names one: in the operation's field for it, if that knows the format.
func (t target) withFormat(op operation, raw json.RawMessage) (json.RawMessage, error) {
	format := formats[strings.ToLower(t.ext)]
	for _, name := range formatFields {
		field, ok := op.Field(name)
		if !ok {
			continue
		}
		i := slices.IndexFunc(field.Enum, func(v string) bool { return formats["."+v] == format })
		var input map[string]json.RawMessage
		if err := json.Unmarshal(raw, &input); err != nil || i < 0 || format == "" || input[name] != nil {
			return raw, err
		}
		input[name], _ = json.Marshal(field.Enum[i]) // a string
		return json.Marshal(input)
	}
	return raw, nil
}

// formatFields are the names of fields for the file format of results.
var formatFields = []string{"output_format", "image_format"}

// serverName returns the last path element of a result's URL, without characters
// that could lead out of the folder.
func serverName(r service.ResultView) string {
	u, err := url.Parse(r.URL)
	name := ""
	if err == nil {
		name = path.Base(u.Path)
	}
	name = strings.Map(func(c rune) rune {
		if c == filepath.Separator || c < ' ' || c == 0x7f {
			return '_'
		}
		return c
	}, name)
	if name == "" || name == "." || name == "/" || strings.HasPrefix(name, ".") {
		name = r.AssetID
	}
	if formats[strings.ToLower(filepath.Ext(name))] == "" {
		name += extensions[r.MIMEType]
	}
	return name
}
