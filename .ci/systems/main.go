// Command systems checks that this module, its tests and all that they import are valid
// for each system and architecture, as a compiler does before it generates code. To
// generate it for all of them takes ten times as long, and nothing would run it. Arguments
// name other systems than all but this one.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

var systems = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}

func main() {
	wanted := os.Args[1:]
	if len(wanted) == 0 {
		wanted = slices.DeleteFunc(systems, func(s string) bool { return s == runtime.GOOS+"/"+runtime.GOARCH })
	}
	failed := false
	for _, system := range wanted {
		n, err := check(system)
		if err != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "%s: %v\n", system, err)
			continue
		}
		fmt.Printf("%s: %d packages\n", system, n)
	}
	if failed {
		os.Exit(1)
	}
}

// listed is a package as `go list` describes it.
type listed struct {
	ImportPath, Dir string
	Name, ForTest   string
	Standard        bool
	GoFiles         []string
	ImportMap       map[string]string
	Module          *struct{ GoVersion string }
	Error           *struct{ Err string }
}

// check returns the number of packages that were checked.
func check(system string) (int, error) {
	goos, goarch, _ := strings.Cut(system, "/")
	list := exec.Command("go", "list", "-deps", "-test", "-json=ImportPath,Dir,Name,ForTest,Standard,GoFiles,ImportMap,Module,Error", "./...")
	list.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
	list.Stderr = os.Stderr
	out, err := list.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := list.Start(); err != nil {
		return 0, err
	}
	done := map[string]*types.Package{"unsafe": types.Unsafe}
	var errs []error
	for d := json.NewDecoder(out); ; { // each after those that it imports
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return 0, err
		}
		switch {
		case p.Error != nil:
			errs = append(errs, errors.New(p.Error.Err))
		case p.ImportPath == "unsafe" || strings.HasSuffix(p.ImportPath, ".test"): // the latter is the main that `go test` writes
		default:
			pkg, err := p.check(done, goarch)
			done[p.ImportPath] = pkg
			errs = append(errs, err)
		}
	}
	return len(done), errors.Join(append(errs, list.Wait())...)
}

// check checks the package, whose imports are done. Of Go's own library it checks what
// others can use of it.
func (p *listed) check(done map[string]*types.Package, goarch string) (*types.Package, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	var errs []error
	conf := types.Config{
		IgnoreFuncBodies: p.Standard,
		Sizes:            types.SizesFor("gc", goarch),
		Importer: importer(func(path string) (*types.Package, error) {
			if full := p.ImportMap[path]; full != "" {
				path = full
			}
			if pkg := done[path]; pkg != nil {
				return pkg, nil
			}
			return nil, fmt.Errorf("%s is not listed", path)
		}),
		Error: func(err error) { errs = append(errs, err) },
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		conf.GoVersion = "go" + p.Module.GoVersion
	}
	path, _, _ := strings.Cut(p.ImportPath, " ") // "a [a.test]" is a as its test sees it
	pkg, _ := conf.Check(path, fset, files, nil) // which has reported its errors
	if p.Standard {
		return pkg, nil // an unused import of a body that is left out
	}
	return pkg, errors.Join(errs...)
}

type importer func(path string) (*types.Package, error)

// Import implements [types.Importer].
func (f importer) Import(path string) (*types.Package, error) { return f(path) }
