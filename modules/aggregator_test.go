package modules_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/task"
	"aigc/modules"
)

// Every operation has a route over an aggregator, after all others, that serves all their
// models: with one key of an aggregator every module is available.
func TestAggregatorServesEveryOperation(t *testing.T) {
	t.Parallel()
	reg, err := module.NewRegistry(modules.All()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range reg.Operations() {
		last := op.Routes[len(op.Routes)-1]
		if last.Vendor.Name != "aggregator" {
			t.Errorf("%s: the last route is %s", op.Kind(), last.Vendor.Name)
			continue
		}
		for _, m := range op.Models() {
			if row, ok := last.Model(m.ID); !ok || row.ID != m.ID || row.Prices != nil {
				t.Errorf("%s: %s is not served as it is, or has a price", op.Kind(), m.ID)
			}
		}
	}
}

// The common vocabulary of every input has its prompt and its images, and no id of an
// image among the fields that are sent under their own names.
func TestCommonVocabulary(t *testing.T) {
	t.Parallel()
	reg, err := module.NewRegistry(modules.All()...)
	if err != nil {
		t.Fatal(err)
	}
	const id = "0195-image-id"
	for _, op := range reg.Operations() {
		in := reflect.New(op.Input)
		fields := map[string]any{"prompt": "a red fox"}
		image := reflect.TypeFor[provider.ImageRef]()
		for _, f := range reflect.VisibleFields(op.Input) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case f.Type == image:
				fields[name] = id + name
			case f.Type.Kind() == reflect.Slice && f.Type.Elem() == image:
				fields[name] = []string{id + name}
			}
		}
		raw, err := json.Marshal(fields)
		if err == nil {
			err = json.Unmarshal(raw, in.Interface())
		}
		if err != nil {
			t.Fatal(err)
		}
		c := in.Elem().Interface().(provider.CommonInput).Common()
		if other, err := json.Marshal(c.Other); err != nil || strings.Contains(string(other), id) {
			t.Errorf("%s: a field has the id of an image: %s %v", op.Kind(), other, err)
		}
		if c.Prompt != "a red fox" {
			t.Errorf("%s: the prompt is %q", op.Kind(), c.Prompt)
		}
		for name := range fields {
			used := slices.ContainsFunc(append(slices.Clone(c.Images), c.Mask), func(ref provider.ImageRef) bool { return string(ref) == id+name })
			if name != "prompt" && !used && !slices.Contains(c.Omitted, name) {
				t.Errorf("%s: %s is neither sent nor reported as omitted", op.Kind(), name)
			}
		}
	}
}

// Several videos of one request are several submissions to an aggregator, whichever name
// their number has.
func TestSeveralVideosOverTheAggregator(t *testing.T) {
	t.Parallel()
	e, box := startVendors(t, "aggregator")
	for _, count := range []string{`"n":2`, `"sample_count":2`} {
		v := e.Run("veo3.generate", `{"prompt":"a red fox",`+count+`}`)
		if v.Status != task.Succeeded || len(v.Data) != 2 || len(v.Warnings) != 0 || v.Group == nil {
			t.Fatalf("%s: %s with %d results, %+v, warnings %q", count, v.Status, len(v.Data), v.Error, v.Warnings)
		}
		for _, id := range v.Group.Children {
			child, err := e.Ledger.Task(t.Context(), id)
			if n := box.Purchases().ByTask[id]; n != 1 || err != nil || len(child.Warnings) != 0 {
				t.Errorf("%s: %d purchases of a child, warnings %q, %v", count, n, child.Warnings, err)
			}
		}
	}
}
