package providertest

import (
	"context"
	"slices"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/sandbox"
)

// Harness is one operation to be proved, with what its vendor's sheet says.
type Harness struct {
	Module    module.Module
	Sandbox   sandbox.Imitation // of the route's vendor
	Operation string            // kind of task: "gpt.generations"
	Vendor    string            // which of its routes; empty: the first
	Model     string            // empty: the operation's default
	Input     string            // JSON object with a "prompt", to which directives are added; every picture it names exists
	Results   int               // how many results the input asks for; 1 if zero

	// Reason is what a refusal must show of the vendor's own words.
	Reason string
	// Charges is what the sheet says of the money, by directive ("refuse",
	// "refuse-output", "fail"); no where none is named.
	Charges map[string]fault.Charge
	// Lacks is what the driver or its imitation cannot do: the proofs of it are
	// left out, by name.
	Lacks []Ability
}

// Ability is something that not every vendor has.
type Ability string

// The abilities.
const (
	Overload      Ability = "overload"       // a 5xx that the sheet lists as not accepted
	Balance       Ability = "balance"        // an answer that says the balance is used up
	RefusedOutput Ability = "refused output" // results are looked at once more after they were made
	Failure       Ability = "failure"        // jobs that the vendor reports as failed
	Progress      Ability = "progress"       // polls that say how far a job is
	Cancel        Ability = "cancel"         // jobs that can be stopped, or are stopped by the vendor
	Inline        Ability = "inline"         // results as base64 in the answer
	Address       Ability = "address"        // results at an address that dies
	Probe         Ability = "probe"          // a free call that needs the key
)

var abilities = []Ability{Overload, Balance, RefusedOutput, Failure, Progress, Cancel, Inline, Address, Probe}

// charge is what the sheet says of a directive.
func (h Harness) charge(directive string) fault.Charge {
	if c, named := h.Charges[directive]; named {
		return c
	}
	return fault.ChargedNo
}

// proof is one sentence about a driver.
type proof struct {
	name  string
	only  shape   // of drivers
	needs Ability // empty: every driver has it
	check func(ctx context.Context, s *stage) error
}

// shape is which drivers a proof is for.
type shape int

const (
	every  shape = iota
	answer       // give the result at once
	ticket       // give a ticket
)

// patience is how long a proof may take on a busy machine.
const patience = 2 * time.Minute

// Run proves an operation against its vendor's imitation.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, a := range h.Lacks {
		if !slices.Contains(abilities, a) {
			t.Fatalf("%q is no ability", a)
		}
		t.Logf("%s lacks %s", h.Operation, a)
	}
	s, err := newStage(h, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.box.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, p := range proofs {
		if !p.concerns(s) {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			if err := p.check(ctx, s); err != nil {
				t.Error(err)
			}
		})
	}
}

func (p proof) concerns(s *stage) bool {
	if s.lacks(p.needs) {
		return false
	}
	return p.only == every || (p.only == ticket) == s.route.AnyDriver.Async()
}
