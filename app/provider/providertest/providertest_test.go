package providertest

import (
	"context"
	"slices"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

func toyHarness(bug string, async bool) Harness {
	h := Harness{
		Module: toy{bug: bug, async: async}.module(), Sandbox: toy{bug: bug, async: async}.imitation(), Operation: "toy.image", Input: `{"prompt":"a fox"}`, Reason: "scary",
		Charges: map[string]fault.Charge{"fail": fault.ChargedUnknown}, Lacks: []Ability{Overload},
	}
	if async {
		h.Lacks = append(h.Lacks, Inline)
	} else {
		h.Lacks = append(h.Lacks, RefusedOutput, Address)
	}
	return h
}

// Drivers without a bug pass.
func TestRun(t *testing.T) {
	t.Run("answer", func(t *testing.T) { Run(t, toyHarness("", false)) })
	t.Run("answer that is the image itself", func(t *testing.T) {
		h := toyHarness("", false)
		h.Module, h.Lacks = toy{raw: true}.module(), append(h.Lacks, Inline)
		Run(t, h)
	})
	t.Run("ticket", func(t *testing.T) { Run(t, toyHarness("", true)) })
	t.Run("answer of a mixed driver", func(t *testing.T) {
		h := toyHarness("", false)
		h.Module = toy{mixed: true}.module()
		Run(t, h)
	})
	t.Run("ticket of a mixed driver", func(t *testing.T) { Run(t, mixedHarness("")) })
}

// mixedHarness is of a mixed driver that gives tickets.
func mixedHarness(bug string) Harness {
	h := toyHarness(bug, true)
	h.Module, h.Tickets = toy{bug: bug, async: true, mixed: true}.module(), true
	return h
}

// The test cases of tickets apply to a mixed driver that gives some, and find bugs.
func TestCasesOfTicketsApplyToMixedDrivers(t *testing.T) {
	t.Parallel()
	i := slices.IndexFunc(suite, func(p testCase) bool { return p.name == "unknown status means wait" })
	if err := runTestCase(t, mixedHarness(""), suite[i]); err != nil {
		t.Fatalf("without the bug: %v", err)
	}
	if err := runTestCase(t, mixedHarness("unknown means failed"), suite[i]); err == nil {
		t.Fatal("the bug was not found")
	}
}

// Each bug makes its test case fail.
func TestCasesFindBugs(t *testing.T) {
	cases := []struct {
		bug   string
		async bool
		name  string
	}{
		{"repeats", false, "internal error"},
		{"repeats", true, "connection cut after sending"},
		{"does not set Paid", false, "BeforeSend fails"},
		{"does not set Paid", true, "answer cut short"},
		{"a 5xx is unavailable", false, "internal error"},
		{"drops Retry-After", true, "throttled, then accepted"},
		{"a bad key is bad input", false, "key refused"},
		{"a bad key is bad input", false, "wrong key"},
		{"a bad key is bad input", false, "probe"},
		{"no balance is a bad key", true, "no balance"},
		{"charges a refusal", false, "content refused"},
		{"hides the reason", true, "content refused"},
		{"empty message", true, "bad request"},
		{"accepts any answer", false, "unreadable answers"},
		{"accepts any answer", true, "unreadable answers"},
		{"accepts an empty id", true, "unreadable answers"},
		{"follows redirects", false, "redirects are not followed"},
		{"trusts every host", true, "no key to a host named in an answer"},
		{"progress in percent", true, "progress grows"},
		{"changing answer", true, "polls of a finished job agree"},
		{"unknown means failed", true, "unknown status means wait"},
		{"accepts only a 200", false, "answers with status 201"},
		{"accepts only a 200", true, "answers with status 203"},
		{"accepts numbers only", true, "answers with numbers and flags as text"},
	}
	for _, c := range cases {
		t.Run(c.bug+" / "+c.name, func(t *testing.T) {
			t.Parallel()
			i := slices.IndexFunc(suite, func(p testCase) bool { return p.name == c.name })
			if i < 0 {
				t.Fatal("no such test case")
			}
			if err := runTestCase(t, toyHarness("", c.async), suite[i]); err != nil {
				t.Fatalf("without the bug: %v", err)
			}
			err := runTestCase(t, toyHarness(c.bug, c.async), suite[i])
			if err == nil {
				t.Fatal("the bug was not found")
			}
			t.Log(err)
		})
	}
}

func runTestCase(t *testing.T, h Harness, p testCase) error {
	t.Helper()
	s, err := newFixture(h, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.box.Close()
	if !p.appliesTo(s) {
		t.Fatal("the test case does not apply to this driver")
	}
	ctx, cancel := context.WithTimeout(t.Context(), caseTimeout)
	defer cancel()
	return p.run(ctx, s)
}

func FuzzToySubmit(f *testing.F) {
	FuzzSubmit(f, Job(f, toy{async: true}.module(), "toy.image", ""), "toy-1", `{"prompt":"a fox"}`, nil,
		Seed{200, `{"id":"1"}`}, Seed{200, `{"id":""}`}, Seed{200, `{"id":`}, Seed{500, "<html>"}, Seed{400, `{"error":"` + fuzzKey + `"}`})
}

func FuzzToyPoll(f *testing.F) {
	FuzzPoll(f, Job(f, toy{async: true}.module(), "toy.image", "toyco"), provider.Ticket{ID: "1", URL: "/jobs/1"}, []string{"done", "failed", "refused", "stopped"},
		Seed{200, `{"state":"working","progress":0.5}`}, Seed{200, `{"state":"banana"}`}, Seed{503, ""}, Seed{200, `{"state":"stopped"}`})
}
