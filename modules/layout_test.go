package modules_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// maxModuleLines is the maximum number of lines of a vertical, without comments,
// blank lines and tests.
const maxModuleLines = 80

// A vertical is a declaration and a table of models; code about a vendor is in
// modules/internal. A vendor's imitation uses nothing of the client that it tests
// but Vendor, and of a package with a second vendor its NameVendor.
func TestLayout(t *testing.T) {
	t.Parallel()
	for _, dir := range folders(t, ".") {
		if dir != "internal" {
			layout(t, dir, moduleFaults)
		}
	}
	for _, dir := range folders(t, "internal") {
		layout(t, dir, vendorFaults)
	}
}

func layout(t *testing.T, dir string, check func(*testing.T, string) []string) {
	t.Run(dir, func(t *testing.T) {
		t.Parallel()
		for _, f := range check(t, dir) {
			t.Error(f)
		}
	})
}

func moduleFaults(t *testing.T, dir string) (faults []string) {
	lines := 0
	for _, e := range entries(t, dir) {
		name := e.Name()
		switch {
		case e.IsDir() && name == "testdata", strings.HasSuffix(name, "_test.go"):
		case name == "doc.go" || name == "module.go" || name == "models.go":
			lines += codeLines(t, filepath.Join(dir, name))
		default:
			faults = append(faults, name+" does not belong in a module: it has doc.go, module.go, models.go, tests and testdata")
		}
	}
	for name, file := range map[string]string{"Module": "module.go", "Models": "models.go"} {
		if !declares(parse(t, filepath.Join(dir, file)), name) {
			faults = append(faults, fmt.Sprintf("%s does not declare %s", file, name))
		}
	}
	if lines > maxModuleLines {
		faults = append(faults, fmt.Sprintf("%d lines without comments and blank lines; a module has at most %d", lines, maxModuleLines))
	}
	return faults
}

// vendorFaults checks a folder that declares a Vendor. Other folders have code that
// several vendors share, and no imitation.
func vendorFaults(t *testing.T, dir string) (faults []string) {
	if !slices.ContainsFunc(sources(t, dir), func(f *ast.File) bool { return declares(f, "Vendor") }) {
		return nil
	}
	files := sources(t, filepath.Join(dir, "sandbox"))
	if len(files) == 0 {
		return []string{"the vendor has no imitation in sandbox/"}
	}
	for _, f := range files {
		for _, i := range f.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			switch {
			case err != nil:
				t.Fatal(err)
			case path == "aigc/modules/"+dir:
				for _, name := range used(f, i, path) {
					if !strings.HasSuffix(name, "Vendor") {
						faults = append(faults, fmt.Sprintf("the imitation uses %s of its vendor's client; only a Vendor is allowed", name))
					}
				}
			case strings.HasPrefix(path, "aigc/modules/"):
				faults = append(faults, "the imitation imports "+path)
			}
		}
	}
	return faults
}

// used returns the names of an imported package that a file uses.
func used(f *ast.File, i *ast.ImportSpec, path string) (names []string) {
	local := filepath.Base(path)
	if i.Name != nil {
		local = i.Name.Name
	}
	if local == "." {
		return []string{"everything"}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && x.Name == local {
			names = append(names, s.Sel.Name)
		}
		return true
	})
	return names
}

// declares reports whether a file declares a function, variable or constant.
func declares(f *ast.File, name string) bool {
	return slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
		switch d := d.(type) {
		case *ast.FuncDecl:
			return d.Recv == nil && d.Name.Name == name
		case *ast.GenDecl:
			return slices.ContainsFunc(d.Specs, func(s ast.Spec) bool {
				v, ok := s.(*ast.ValueSpec)
				return ok && slices.ContainsFunc(v.Names, func(i *ast.Ident) bool { return i.Name == name })
			})
		}
		return false
	})
}

// codeLines counts the lines with code.
func codeLines(t *testing.T, path string) int {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	file := set.AddFile(path, -1, len(src))
	lines := map[int]bool{}
	var s scanner.Scanner
	s.Init(file, src, nil, 0)
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return len(lines)
		}
		if tok == token.SEMICOLON && text == "\n" { // inserted by the scanner
			continue
		}
		for n := range strings.Count(text, "\n") + 1 {
			lines[file.Line(pos)+n] = true
		}
	}
}

// sources returns the Go files of a folder without tests; none if there is no
// folder.
func sources(t *testing.T, dir string) (files []*ast.File) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if !strings.HasSuffix(path, "_test.go") {
			files = append(files, parse(t, path))
		}
	}
	return files
}

func parse(t *testing.T, path string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func folders(t *testing.T, dir string) (out []string) {
	t.Helper()
	for _, e := range entries(t, dir) {
		if e.IsDir() {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out
}

func entries(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
