package cli

import (
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"aigc/app/service"
)

// target is where results are written.
type target struct {
	folder string
	name   string // without extension; empty: the server's name of the file
	ext    string // with its dot; empty: by the result's type
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
		t.folder = filepath.Dir(o)
		t.ext = filepath.Ext(o)
		t.name = strings.TrimSuffix(filepath.Base(o), t.ext)
		if t.name == "" { // filepath.Ext(".png") is ".png", but here that is the name
			t.name, t.ext = t.ext, ""
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

var extensions = map[string]string{
	"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif",
	"image/svg+xml": ".svg", "image/bmp": ".bmp", "video/mp4": ".mp4", "video/webm": ".webm",
}

// path returns the file for result i of n, and a warning if its extension does not
// fit the result's type.
func (t target) path(r service.ResultView, i, n int) (file, warning string) {
	ext := t.ext
	want := extensions[r.MIMEType]
	switch {
	case t.name == "":
		return filepath.Join(t.folder, serverName(r)), ""
	case ext == "":
		ext = want
	case want != "" && !sameExtension(ext, want):
		warning = fmt.Sprintf("the name ends in %s, but the file is %s", ext, r.MIMEType)
	}
	name := t.name
	if n > 1 {
		name += "-" + strconv.Itoa(i+1)
	}
	return filepath.Join(t.folder, name+ext), warning
}

func sameExtension(a, b string) bool {
	norm := func(s string) string {
		if s = strings.ToLower(s); s == ".jpeg" || s == ".jpe" {
			return ".jpg"
		}
		return s
	}
	return norm(a) == norm(b)
}

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
		name = r.AssetID + extensions[r.MIMEType]
	}
	return name
}
