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

// A driver without a fault passes.
func TestRun(t *testing.T) {
	t.Run("answer", func(t *testing.T) { Run(t, toyHarness("", false)) })
	t.Run("answer that is the image itself", func(t *testing.T) {
		h := toyHarness("", false)
		h.Module, h.Lacks = toy{raw: true}.module(), append(h.Lacks, Inline)
		Run(t, h)
	})
	t.Run("ticket", func(t *testing.T) { Run(t, toyHarness("", true)) })
}

// Every bug is caught by the proof that is meant for it.
func TestProofsCanFail(t *testing.T) {
	cases := []struct {
		bug   string
		async bool
		proof string
	}{
		{"repeats", false, "internal error"},
		{"repeats", true, "connection cut after sending"},
		{"forgets that it pays", false, "gate shut"},
		{"forgets that it pays", true, "answer cut short"},
		{"a 5xx is unavailable", false, "internal error"},
		{"forgets the pause", true, "throttled, then taken"},
		{"a bad key is bad input", false, "key refused"},
		{"a bad key is bad input", false, "wrong key"},
		{"a bad key is bad input", false, "probe"},
		{"no balance is a bad key", true, "no balance"},
		{"charges a refusal", false, "content refused"},
		{"hides the reason", true, "content refused"},
		{"has no words", true, "faulty request"},
		{"takes anything", false, "unreadable answers"},
		{"takes anything", true, "unreadable answers"},
		{"needs no id", true, "unreadable answers"},
		{"follows redirects", false, "redirects are not followed"},
		{"trusts everybody", true, "no key to a host that an answer names"},
		{"counts in percent", true, "progress grows"},
		{"never the same answer", true, "asking again changes nothing"},
		{"unknown means failed", true, "a status that no sheet lists means wait"},
	}
	for _, c := range cases {
		t.Run(c.bug+" / "+c.proof, func(t *testing.T) {
			t.Parallel()
			i := slices.IndexFunc(proofs, func(p proof) bool { return p.name == c.proof })
			if i < 0 {
				t.Fatal("there is no such proof")
			}
			if err := verdict(t, toyHarness("", c.async), proofs[i]); err != nil {
				t.Fatalf("without the bug: %v", err)
			}
			err := verdict(t, toyHarness(c.bug, c.async), proofs[i])
			if err == nil {
				t.Fatal("the bug was not seen")
			}
			t.Log(err)
		})
	}
}

func verdict(t *testing.T, h Harness, p proof) error {
	t.Helper()
	s, err := newStage(h, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.box.Close()
	if !p.concerns(s) {
		t.Fatal("the proof is not for this driver")
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return p.check(ctx, s)
}

func FuzzToySubmit(f *testing.F) {
	FuzzSubmit(f, Job(f, toy{async: true}.module(), "toy.image", ""), "toy-1", `{"prompt":"a fox"}`, nil,
		Seed{200, `{"id":"1"}`}, Seed{200, `{"id":""}`}, Seed{200, `{"id":`}, Seed{500, "<html>"}, Seed{400, `{"error":"` + fuzzKey + `"}`})
}

func FuzzToyPoll(f *testing.F) {
	FuzzPoll(f, Job(f, toy{async: true}.module(), "toy.image", "toyco"), provider.Ticket{ID: "1", URL: "/jobs/1"}, []string{"done", "failed", "refused", "stopped"},
		Seed{200, `{"state":"working","progress":0.5}`}, Seed{200, `{"state":"banana"}`}, Seed{503, ""}, Seed{200, `{"state":"stopped"}`})
}
