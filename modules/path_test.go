package modules_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/worker/workertest"
	"aigc/modules"
)

// startAllVendors starts the imitations and an engine whose accounts are theirs.
// prepare may change the accounts.
func startAllVendors(t *testing.T, prepare ...func(*provider.Account)) (*workertest.Engine, *sandbox.Server) {
	t.Helper()
	h, err := module.NewRegistry(modules.All()...)
	if err != nil {
		t.Fatal(err)
	}
	box := sandboxtest.Start(t, modules.Sandboxes()...)
	accounts := provider.NewAccounts()
	for _, i := range modules.Sandboxes() {
		a := i.Account(box.Root())
		for _, f := range prepare {
			f(&a)
		}
		accounts.Add(i.Vendor, provider.Limits{}, a)
	}
	return workertest.New(t, h, accounts), box
}

// required are the required fields besides prompt, by kind of task.
var required = map[string]string{
	"seededit.generate": `,"image":"` + dot + `"`,
	"tryon.generate":    `,"person_image":"` + dot + `","garment_image":"` + dot + `"`,
}

// refusesAtOnce are the kinds of vendors that give tickets, and refuse a prompt in the
// answer to the submission: nothing is bought.
var refusesAtOnce = map[string]bool{"hunyuan.create": true}

// dot is a PNG of 16 by 16 pixels.
const dot = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAAD0lEQVR42mP4jwYYRrYAAID5/wGR6yAaAAAAAElFTkSuQmCC"

// withDirective is an input whose images have the directive in a comment, for vendors
// that take no prompt.
func withDirective(t *testing.T, input, directive string) string {
	t.Helper()
	head, data, _ := strings.Cut(dot, ",")
	file, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(input, dot, head+","+base64.StdEncoding.EncodeToString(sandboxtest.AddComment(file, directive)))
}

// want is what becomes of a task.
type want struct {
	state   task.State
	charged fault.Charge // empty: any
	code    string       // of the error; empty: any or none
	bought  int          // purchases at the sandbox
}

func (w want) check(t *testing.T, box *sandbox.Server, v *service.View) {
	t.Helper()
	if v.Status != w.state || w.charged != "" && v.Charged != w.charged || w.code != "" && (v.Error == nil || v.Error.Code != w.code) {
		t.Fatalf("%s, charged %s (%+v); want %+v", v.Status, v.Charged, v.Error, w)
	}
	if n := box.Purchases().ByTask[v.TaskID]; n != w.bought {
		t.Errorf("%d purchases, want %d", n, w.bought)
	}
}

// Every module's primary operation, through its driver and HTTP, with every fault
// directive: the final state of the task, and at most one paid submission.
func TestEveryModuleUnderEveryFault(t *testing.T) {
	ok := want{task.Succeeded, fault.ChargedYes, "", 1}
	doubt := want{task.InDoubt, fault.ChargedUnknown, "", 1}
	cases := []struct {
		directive string
		sync      want // vendors that answer with the result
		async     want // vendors that answer with a ticket
	}{
		{"", ok, ok},
		{"[[429]]", ok, ok},
		{"[[400]]", want{task.Failed, fault.ChargedNo, "vendor_refused_input", 0}, want{task.Failed, fault.ChargedNo, "vendor_refused_input", 0}},
		{"[[refuse]]", want{task.Failed, fault.ChargedNo, "content_refused", 0}, want{task.Failed, fault.ChargedNo, "content_refused", 1}},
		{"[[drop]]", doubt, doubt},
		{"[[500]]", doubt, doubt},
		{"[[truncate]]", doubt, doubt},
		{"[[html]]", want{task.Failed, fault.ChargedYes, "unknown_file_type", 1}, want{task.Failed, fault.ChargedYes, "unknown_file_type", 1}},
		{"[[short]]", want{task.Failed, fault.ChargedYes, "file_cut_short", 1}, want{task.Failed, fault.ChargedYes, "file_cut_short", 1}},
		{"[[status banana]]", ok, ok},
		{"[[fail]]", ok, want{task.Failed, "", "vendor_failed", 1}},
	}
	e, box := startAllVendors(t)
	for _, op := range e.Operations() {
		if !op.Registered.Operation.Primary {
			continue
		}
		async := op.Routes[0].AnyDriver.Async()
		for _, c := range cases {
			w := c.sync
			if async {
				w = c.async
			}
			if c.directive == "[[refuse]]" && refusesAtOnce[op.Kind()] {
				w.bought = 0
			}
			t.Run(op.Kind()+"/"+strings.Trim(c.directive, "[]"), func(t *testing.T) {
				t.Parallel()
				v := e.Run(op.Kind(), withDirective(t, `{"prompt":"a red fox `+c.directive+`"`+required[op.Kind()]+`}`, c.directive))
				w.check(t, box, v)
				if !v.Sandbox {
					t.Error("not marked as made by the sandbox")
				}
				if v.Status == task.Succeeded && (len(v.Data) != 1 || v.Data[0].Width == 0) {
					t.Errorf("results: %+v", v.Data)
				}
			})
		}
	}
}

// With a bucket, a look-up finds the video of a lost ticket under the prefix of its
// submission: nothing is bought twice, and the video is fetched with the key.
func TestLostVideoIsFound(t *testing.T) {
	t.Parallel()
	e, box := startAllVendors(t, func(a *provider.Account) {
		if a.Attrs != nil {
			a.Attrs["storage"] = "gs://bucket/videos"
		}
	})
	for _, prompt := range []string{"a boat", "a boat [[drop]]"} {
		v := e.Begin("veo3.generate", `{"prompt":"`+prompt+`","duration_seconds":4}`)
		for begin := time.Now(); v.Status != task.Succeeded; time.Sleep(50 * time.Millisecond) {
			var err error
			if v, err = e.Get(t.Context(), workertest.Me, v.TaskID); err != nil {
				t.Fatal(err)
			}
			if time.Since(begin) > 2*time.Minute {
				t.Fatalf("%s: %s %+v", prompt, v.Status, v.Error)
			}
		}
		if n := box.Purchases().ByTask[v.TaskID]; n != 1 || v.Charged != fault.ChargedYes || v.Data[0].Width != 1280 {
			t.Errorf("%s: %d purchases, charged %s, %+v", prompt, n, v.Charged, v.Data)
		}
	}
}

// n images of a vendor that makes one per submission are a group of n tasks, each
// with its own seed.
func TestSeveralImages(t *testing.T) {
	t.Parallel()
	e, box := startAllVendors(t)
	v := e.Run("flux.create", `{"prompt":"a cat","n":3,"seed":7}`)
	if v.Status != task.Succeeded || len(v.Data) != 3 || v.Group == nil {
		t.Fatalf("%s %+v", v.Status, v)
	}
	seen := map[string]bool{}
	for i, r := range v.Data {
		seen[r.SHA256] = true
		if r.Seed == nil || *r.Seed != int64(7+i) {
			t.Errorf("image %d has the seed %v", i, r.Seed)
		}
	}
	if len(seen) != 3 {
		t.Error("two images are the same")
	}
	for _, id := range v.Group.Children {
		if n := box.Purchases().ByTask[id]; n != 1 {
			t.Errorf("%d purchases for a child", n)
		}
	}
}
