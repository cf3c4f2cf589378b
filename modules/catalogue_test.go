package modules_test

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/schema"
	"aigc/modules"
)

var update = flag.Bool("update", false, "rewrite docs/catalogue.md")

// docs/catalogue.md is generated from the declarations.
func TestCatalogueIsFresh(t *testing.T) {
	const path = "../docs/catalogue.md"
	h, err := module.NewRegistry(modules.All()...)
	if err != nil {
		t.Fatal(err)
	}
	want := catalogue(h)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("docs/catalogue.md is stale (%v): go test ./modules -run Catalogue -update", err)
	}
}

func catalogue(h *module.Registry) string {
	var b strings.Builder
	b.WriteString("# Catalogue\n\nGenerated from the declarations of the modules by `go test ./modules -run Catalogue -update`.\n")
	for _, spec := range h.Specs() {
		fmt.Fprintf(&b, "\n## %s (`%s`)\n%s\n", spec.Title, spec.Name, spec.Doc)
		for _, e := range h.Operations() {
			if e.Module.Name == spec.Name {
				describe(&b, e)
			}
		}
	}
	return b.String()
}

func describe(b *strings.Builder, e *module.Registered) {
	op := e.Operation
	paths := make([]string, len(op.Paths))
	for i, p := range op.Paths {
		paths[i] = "`POST /api" + p + "`"
	}
	vendors := make([]string, len(e.Routes))
	for i, r := range e.Routes {
		vendors[i] = r.Vendor.Title + " (`" + r.Vendor.KeyName() + "`)"
	}
	fmt.Fprintf(b, "\n### %s\n%s\n\n- REST: %s\n- MCP: `%s`\n- Vendor: %s\n\n", op.Title, op.Doc, strings.Join(paths, ", "), op.Tool, strings.Join(vendors, ", else "))
	b.WriteString("| Model | | List price |\n|---|---|---|\n")
	for _, m := range e.Models() {
		var prices []string
		for _, p := range m.Prices {
			prices = append(prices, p.String())
		}
		note := m.Doc
		if m.ID == e.Default().ID {
			note = strings.TrimPrefix(note+", default", ", ")
		}
		if m.Retired != "" {
			note = "retired " + m.Retired
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", m.ID, note, strings.Join(prices, "; "))
	}
	b.WriteString("\n| Field | Type | Values | Default | |\n|---|---|---|---|---|\n")
	for _, f := range schema.New(e.Input).Fields() {
		kind := f.Type
		if f.Image {
			kind = "image"
		}
		if f.Many {
			kind += " list"
		}
		name := "`" + f.Name + "`"
		if f.Required {
			name += " *"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", name, kind, values(f), text(f.Default), f.Doc)
	}
}

func values(f schema.Field) string {
	switch {
	case f.Enum != nil:
		return strings.Join(f.Enum, ", ")
	case f.Minimum != nil && f.Maximum != nil:
		return strconv.FormatFloat(*f.Minimum, 'f', -1, 64) + " to " + strconv.FormatFloat(*f.Maximum, 'f', -1, 64)
	}
	return ""
}

func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
