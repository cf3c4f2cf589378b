package kolors_test

import (
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
	"aigc/app/task"
	"aigc/app/worker/workertest"
	siliconflowsandbox "aigc/modules/internal/siliconflow/sandbox"
	"aigc/modules/kolors"
)

func TestWire(t *testing.T) { providertest.Wire(t, kolors.Module, nil) }

func imitation() sandbox.Imitation {
	var ids []string
	for _, m := range kolors.Models {
		ids = append(ids, m.ID)
	}
	return siliconflowsandbox.New(ids...)
}

// Each model with the fields that it supports.
func TestGenerate(t *testing.T) {
	cases := []struct {
		name, model, input string
		results            int
	}{
		{"text", "", `{"prompt":"a red fox","n":4,"size":"960x1280","negative_prompt":"snow","num_inference_steps":30,"guidance_scale":5,"seed":9999999999}`, 4},
		{"old fields", "", `{"prompt":"a red fox","image_url":"fox","mode":"img2img","strength":0.8,"seed":1}`, 1},
		{"Qwen-Image", "Qwen/Qwen-Image", `{"prompt":"a sign that says fox","size":"1024x576","cfg":4,"num_inference_steps":50}`, 1},
		{"edit", "Qwen/Qwen-Image-Edit", `{"prompt":"make it blue","image":"fox"}`, 1},
		{"edit of three images", "Qwen/Qwen-Image-Edit-2509", `{"prompt":"put the hat on the fox","image":"fox","images":["hat","den"]}`, 1},
		{"FLUX.2", "black-forest-labs/FLUX.2-pro", `{"prompt":"a red fox","size":"1024x576","output_format":"jpeg"}`, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: kolors.Module, Sandbox: imitation(), Operation: "kolors.generate", Model: c.model, Input: c.input, Results: c.results,
				Reason: "sensitive or prohibited",
				Lacks:  []providertest.Ability{providertest.Inline, providertest.Overload, providertest.RefusedOutput},
			})
		})
	}
}

// Kolors makes up to 4 images per request, other models one: more are a group.
func TestSeveralImages(t *testing.T) {
	t.Parallel()
	h, err := module.NewRegistry(kolors.Module)
	if err != nil {
		t.Fatal(err)
	}
	box := sandboxtest.Start(t, imitation())
	accounts := provider.NewAccounts()
	accounts.Add(imitation().Vendor, provider.Limits{}, imitation().Account(box.Root()))
	e := workertest.New(t, h, accounts)
	for name, c := range map[string]struct {
		fields string
		n      int
		seeds  []int64 // of the results, in order
		tasks  int
	}{
		"four by Kolors":      {`"n":4,"seed":7`, 4, []int64{7, 7, 7, 7}, 1},
		"six by Kolors":       {`"n":6,"seed":9999999998`, 6, []int64{9999999998, 9999999998, 9999999998, 9999999998, 2, 2}, 2},
		"three by Qwen":       {`"n":3,"seed":7,"model":"Qwen/Qwen-Image"`, 3, []int64{7, 8, 9}, 3},
		"one, without a seed": {`"n":1`, 1, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := e.Run("kolors.generate", `{"prompt":"a fox",`+c.fields+`}`)
			if v.Status != task.Succeeded || len(v.Data) != c.n {
				t.Fatalf("%s %+v, %d results", v.Status, v.Error, len(v.Data))
			}
			ids := []string{v.TaskID}
			if v.Group != nil {
				ids = v.Group.Children
			}
			if len(ids) != c.tasks {
				t.Errorf("%d tasks, want %d", len(ids), c.tasks)
			}
			for _, id := range ids {
				if n := box.Purchases().ByTask[id]; n != 1 {
					t.Errorf("%d purchases of one task", n)
				}
			}
			seen := map[string]bool{}
			for i, r := range v.Data {
				seen[r.SHA256] = true
				if r.Seed == nil || c.seeds != nil && *r.Seed != c.seeds[i] {
					t.Errorf("image %d has the seed %v", i, r.Seed)
				}
			}
			if len(seen) != c.n {
				t.Errorf("%d different images of %d", len(seen), c.n)
			}
			if free := v.Cost.Actual != nil && *v.Cost.Actual == 0 && v.Cost.Quoted != nil; free != (v.Model == "Kwai-Kolors/Kolors") {
				t.Errorf("%s costs %+v", v.Model, v.Cost)
			}
		})
	}
}
