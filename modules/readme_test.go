package modules_test

import (
	"os"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/modules"
)

// The README has a row for each module, with the paths, tool, default model and key of
// its primary operation.
func TestReadmeTable(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	reg, err := module.NewRegistry(modules.All()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range reg.Operations() {
		if !e.Operation.Primary {
			continue
		}
		name := e.Module.Name
		_, row, found := strings.Cut(string(page), "\n| "+name+" ")
		row, _, _ = strings.Cut(row, "\n")
		if !found {
			t.Errorf("README.md has no row for %s", name)
			continue
		}
		for _, want := range []string{"`/api" + e.Operation.Paths[0] + "`", "`" + e.Operation.Tool + "`", "| " + e.Default().ID + " |"} {
			if !strings.Contains(row, want) {
				t.Errorf("the row of %s in README.md lacks %s", name, want)
			}
		}
		key := "`" + e.Routes[0].Vendor.KeyName() + "`"
		if !strings.Contains(row, key) && !strings.Contains(row, "as seedream") {
			t.Errorf("the row of %s in README.md lacks %s", name, key)
		}
	}
}
