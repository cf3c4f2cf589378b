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

// Harness is one operation under test, with the documented behaviour of its vendor.
type Harness struct {
	Module    module.Module
	Sandbox   sandbox.Imitation // of the route's vendor
	Operation string            // kind of task: "gpt.generations"
	Vendor    string            // which of its routes; empty: the first
	Model     string            // empty: the operation's default
	Input     string            // JSON object; any image id in it exists
	Results   int               // number of results that the input requests; default 1

	// Directives names the field of the input to which directives are appended; empty:
	// "prompt". An image gets them as a comment in the file, see [sandbox.ImageDirectives].
	Directives string

	// Tickets is set for a [provider.MixedDriver] if the model's submissions give tickets.
	Tickets bool

	// Reason is a part of the vendor's message that a refusal must show.
	Reason string
	// Charges is the documented charge of a refused or failed task, by directive
	// ("refuse", "refuse-output", "fail"); default no.
	Charges map[string]fault.Charge
	// Lacks lists what the vendor or its imitation cannot do; those test cases are
	// skipped.
	Lacks []Ability
}

// Ability is a feature that not every vendor has.
type Ability string

// The abilities.
const (
	Overload      Ability = "overload"       // a 5xx that is documented as not accepted
	Balance       Ability = "balance"        // an error for a balance that is used up
	RefusedOutput Ability = "refused output" // moderation of results
	Failure       Ability = "failure"        // jobs that the vendor reports as failed
	Progress      Ability = "progress"       // polls report the progress
	Cancel        Ability = "cancel"         // jobs can be canceled, by us or by the vendor
	Inline        Ability = "inline"         // results as base64 in the answer
	Address       Ability = "address"        // results at a URL that expires
	Probe         Ability = "probe"          // a free request that needs the key
)

var abilities = []Ability{Overload, Balance, RefusedOutput, Failure, Progress, Cancel, Inline, Address, Probe}

// charge is the documented charge after a directive.
func (h Harness) charge(directive string) fault.Charge {
	if c, named := h.Charges[directive]; named {
		return c
	}
	return fault.ChargedNo
}

// testCase is one requirement of a driver.
type testCase struct {
	name  string
	only  driverKind // that the requirement applies to
	needs Ability    // empty: none
	run   func(ctx context.Context, s *fixture) error
}

// driverKind is the kind of drivers that a test case applies to.
type driverKind int

const (
	anyKind     driverKind = iota
	syncDriver             // answers with the result
	asyncDriver            // gives a ticket
)

// caseTimeout is the limit of one test case, on a loaded machine.
const caseTimeout = 2 * time.Minute

// Run tests an operation against its vendor's imitation.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, a := range h.Lacks {
		if !slices.Contains(abilities, a) {
			t.Fatalf("unknown ability %q in Lacks", a)
		}
		t.Logf("%s lacks %s", h.Operation, a)
	}
	s, err := newFixture(h, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.box.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, c := range suite {
		if !c.appliesTo(s) {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), caseTimeout)
			defer cancel()
			if err := c.run(ctx, s); err != nil {
				t.Error(err)
			}
		})
	}
}

func (c testCase) appliesTo(s *fixture) bool {
	if s.lacks(c.needs) {
		return false
	}
	return c.only == anyKind || (c.only == asyncDriver) == (s.Tickets || s.route.AnyDriver.Async())
}
