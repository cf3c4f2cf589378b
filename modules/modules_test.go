package modules_test

import (
	"os"
	"slices"
	"testing"

	"aigc/app/module"
	"aigc/app/sandbox"
	"aigc/modules"
)

// Every folder is in modules.All, under its own name.
func TestEveryFolderIsListed(t *testing.T) {
	listed := map[string]bool{}
	for _, m := range modules.All() {
		listed[m.Spec().Name] = true
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && e.Name() != "internal" {
			if !listed[e.Name()] {
				t.Errorf("modules/%s is not in modules.All", e.Name())
			}
			delete(listed, e.Name())
		}
	}
	for name := range listed {
		t.Errorf("module %s has no folder with its name", name)
	}
}

// Names, paths and tools are unique, every operation has title, doc and tool, and
// every module has one primary operation.
func TestDeclarations(t *testing.T) {
	h, err := module.NewRegistry(modules.All()...)
	if err != nil {
		t.Fatal(err)
	}
	primary := map[string]int{}
	for _, e := range h.Operations() {
		op := e.Operation
		if op.Title == "" || op.Doc == "" || op.Tool == "" {
			t.Errorf("%s has no title, doc or tool", e.Kind())
		}
		if op.Primary {
			primary[e.Module.Name]++
		}
		for _, r := range e.Routes {
			if !slices.ContainsFunc(modules.Sandboxes(), func(i sandbox.Imitation) bool { return i.Vendor.Name == r.Vendor.Name }) {
				t.Errorf("%s: %s has no imitation", e.Kind(), r.Vendor.Name)
			}
		}
	}
	for _, s := range h.Specs() {
		if primary[s.Name] != 1 {
			t.Errorf("module %s has %d primary operations", s.Name, primary[s.Name])
		}
	}
}
