package main

import (
	"slices"
	"testing"

	"aigc/app/module"
	"aigc/modules"
)

func TestTilesAreAllModules(t *testing.T) {
	t.Parallel()
	var want, got []string
	reg, err := module.NewRegistry(modules.All()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range reg.Specs() {
		want = append(want, spec.Name)
	}
	for _, tile := range tiles {
		got = append(got, tile.module)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the tiles are %v, the modules %v", got, want)
	}
}
