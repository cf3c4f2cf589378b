package modules_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
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
	b.WriteString(catalogueHead)
	var links []string
	for _, spec := range h.Specs() {
		links = append(links, fmt.Sprintf("[%s](#%s)", spec.Title, anchor(spec)))
	}
	b.WriteString(strings.Join(links, " · ") + "\n")
	for _, spec := range h.Specs() {
		fmt.Fprintf(&b, "\n## %s (`%s`)\n%s\n", spec.Title, spec.Name, spec.Doc)
		var first *module.Registered
		for _, e := range h.Operations() {
			if e.Module.Name == spec.Name {
				describe(&b, h, e, first)
				first = cmp.Or(first, e)
			}
		}
	}
	return b.String()
}

const catalogueHead = `# Catalogue

Generated from the declarations of the modules by ` + "`go test ./modules -run Catalogue -update`" + `.

- Fields with * are required. An image is an http(s) URL, a data URL, base64 or the id of an asset, in forms also a file.
- Every answer has links to stored results; ` + "`response_format`" + ` does not change that.
- List prices are those that the vendor publishes; a model without one has no quote. Over an aggregator or Azure OpenAI they are set by that host, and a request has no quote.
- The default model is that of the first vendor. Another vendor's is the first one that it serves.

`

// anchor is the address of a module's heading, as GitHub makes it.
func anchor(spec module.Spec) string {
	return strings.ToLower(strings.ReplaceAll(spec.Title, " ", "-")) + "-" + spec.Name
}

// describe writes an operation. first is the module's first operation; nil: e is.
func describe(b *strings.Builder, h *module.Registry, e, first *module.Registered) {
	op := e.Operation
	paths := make([]string, len(op.Paths))
	for i, p := range op.Paths {
		paths[i] = "`POST /api" + p + "`"
	}
	if op.StatusPath != "" {
		paths = append(paths, "`GET /api"+op.StatusPath+"{id}`")
	}
	if op.TaskPath != "" {
		paths = append(paths, "`GET /api"+op.TaskPath+"?id={id}`")
	}
	tool := "`" + op.Tool + "`"
	if !op.Primary {
		tool += " (not listed by default)"
	}
	if op.WithImages != "" {
		tool += "; with input images or a mask it runs `POST /api" + h.Operation(e.Module.Name + "." + op.WithImages).Operation.Paths[0] + "`"
	}
	vendors := make([]string, len(e.Routes))
	for i, r := range e.Routes {
		vendors[i] = r.Vendor.Title + " (`" + r.Vendor.KeyName() + "`)"
	}
	fmt.Fprintf(b, "\n### %s\n%s\n\n- REST: %s\n- MCP: %s\n- Vendor: %s\n\n", op.Title, op.Doc, strings.Join(paths, ", "), tool, strings.Join(vendors, ", else "))
	if table := models(e); first != nil && table == models(first) {
		fmt.Fprintf(b, "The models are those of %q.\n", first.Operation.Title)
	} else {
		b.WriteString(table)
	}
	b.WriteString("\n| Field | Type | Values | Default | |\n|---|---|---|---|---|\n")
	doc := inputDocument(e)
	for _, f := range schema.New(e.Input).Fields() {
		kind := f.Type
		if f.Image {
			kind = string(media(f.Name))
		}
		if f.Many {
			kind += " list"
		}
		name := "`" + f.Name + "`"
		if f.Required {
			name += " *"
		}
		note := strings.TrimSuffix(strings.TrimSuffix(f.Doc, schema.ImageDoc), ". ")
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", name, kind, values(f), text(f.Default), note)
		doc.writeParts(b, f.Name, doc.Properties[f.Name])
	}
}

// media is what the caller sends in a field for a file.
func media(field string) module.Media {
	if field == "video" {
		return module.Video
	}
	return module.Image
}

func models(e *module.Registered) string {
	var b strings.Builder
	b.WriteString("| Model | | List price |\n|---|---|---|\n")
	for _, m := range e.Models() {
		note := m.Doc
		if m.ID == e.Default().ID {
			note = strings.TrimPrefix(note+", default", ", ")
		}
		if m.Retired != "" {
			note = "retired from " + m.Retired
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", m.ID, note, prices(m))
	}
	return b.String()
}

// prices joins a price list. Rows of input images that cost nothing become one note.
func prices(m module.Model) string {
	var list []string
	for _, p := range m.Prices {
		text := p.String()
		if p.Micros == 0 && strings.HasSuffix(p.Unit, "input image") {
			text = "input images free"
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return strings.Join(list, "; ")
}

func values(f schema.Field) string {
	switch {
	case f.Enum != nil:
		return strings.Join(f.Enum, ", ")
	case f.Minimum != nil && f.Maximum != nil:
		return span(*f.Minimum, *f.Maximum)
	}
	return ""
}

func span(least, most float64) string {
	return strconv.FormatFloat(least, 'f', -1, 64) + " to " + strconv.FormatFloat(most, 'f', -1, 64)
}

func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
