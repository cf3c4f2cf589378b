package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aigc/app"
	"aigc/app/ledger"
	"aigc/app/task"
)

// openStates are those of tasks that a worker has to move on.
var openStates = []task.State{task.Queued, task.Submitting, task.Running, task.Storing}

// maxOpen is how many open tasks are looked at; namedTasks is how many are named.
const (
	maxOpen    = 200
	namedTasks = 3
)

// waiting finds open tasks that no process works on: no server runs, or the one that does
// has no key for them.
func (d *doctor) waiting(ctx context.Context, db ledger.Database) []finding {
	d.findWorkers(ctx, db)
	open, err := db.List(ctx, task.Query{State: openStates, Limit: maxOpen})
	if err != nil {
		return []finding{{"tasks", levelWarning, errorText(err), ""}}
	}
	byCause := map[string][]string{}
	advice := map[string]string{}
	for _, t := range open {
		if t.Group {
			continue // its children are listed
		}
		if cause, do := d.idle(t); cause != "" {
			byCause[cause] = append(byCause[cause], t.ID)
			advice[cause] = do
		}
	}
	var out []finding
	for _, cause := range slices.Sorted(maps.Keys(byCause)) {
		ids := byCause[cause]
		text := fmt.Sprintf("no process works on %d open task(s): %s: %s", len(ids), cause, strings.Join(ids[:min(len(ids), namedTasks)], ", "))
		if len(ids) > namedTasks {
			text += " …"
		}
		out = append(out, finding{"tasks", levelWarning, text, advice[cause]})
	}
	return out
}

// findWorkers finds out whether processes elsewhere run the tasks of the ledger.
func (d *doctor) findWorkers(ctx context.Context, db ledger.Database) {
	if !db.Shared() {
		return
	}
	list, err := db.Processes(ctx)
	if err != nil {
		return
	}
	for _, p := range list {
		works := p.Role == app.All.Name || p.Role == "worker"
		d.workers = d.workers || works && p.IsAlive()
	}
}

// idle says why no process works on an open task, and what to do; empty if one does.
func (d *doctor) idle(t *task.Task) (cause, do string) {
	vendor := t.Account.Vendor
	if v, known := d.h.Vendors()[vendor]; known {
		vendor = v.Title
	}
	_, configured := d.l.Accounts.Find(t.Account.Vendor, t.Account.BaseURL, t.Account.Fingerprint)
	if t.Account.Fingerprint == "" { // any key of the vendor can submit it
		configured = len(d.l.Accounts.ForVendor(t.Account.Vendor)) > 0
	}
	sandbox := app.UsesSandbox(d.l, app.All)
	switch {
	case d.workers:
		return "", "" // whether they have its key is in their settings
	case d.owner == nil:
		return "no server is running", "start `aigc all`, or wait for one: aigc tasks wait " + t.ID
	case t.Sandbox && !sandbox:
		return "they were created with the sandbox, which is off", "cancel them, or set AIGC_SANDBOX=on"
	case !t.Sandbox && sandbox:
		return "the server uses the sandbox and not the keys of " + vendor, "set AIGC_SANDBOX=off and the key that they were created with"
	case !t.Sandbox && !configured:
		return "the key of " + vendor + " that they need is not in the settings", "set it again, next to newer keys"
	}
	return "", ""
}
