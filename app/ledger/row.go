package ledger

import (
	"bytes"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/task"
)

// The columns of a task, in the order in which the functions below write and read
// them: immutable ones, and those that transitions change.
var (
	immutableColumns = []string{
		"id", "kind", "module", "operation", "model", "media", "owner", "sandbox", "parent", "idx",
		"is_group", "children", "retry_of", "callback", "input_hash", "tags", "quoted", "created", "input", "slots", "request_id",
	}
	mutableColumns = []string{
		"state", "version", "retried_as", "submit_id", "vendor", "base_url", "fingerprint", "attempts", "submitted",
		"lease_owner", "lease_until", "run_at", "wakes", "deadline", "spool", "ticket_id", "progress", "message",
		"cancel_requested", "charged", "updated", "finished", "removed", "held", "error", "actual", "usage", "warnings", "ticket", "answer",
	}
	taskWidth = len(immutableColumns) + len(mutableColumns)

	taskColumns = strings.Join(immutableColumns, ", ") + ", " + strings.Join(mutableColumns, ", ")
	insertTask  = fmt.Sprintf("INSERT INTO tasks (%s) VALUES (%s)", taskColumns, placeholders(1, taskWidth))
	selectTask  = "SELECT " + taskColumns + " FROM tasks "
)

// placeholders are n placeholders from $first on.
func placeholders(first, n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf("$%d", first+i)
	}
	return strings.Join(parts, ", ")
}

func (e *encoder) immutable(t *task.Task) {
	e.add(t.ID, t.Kind, t.Module, t.Operation, t.Model, string(t.Media), t.Owner, boolInt(t.Sandbox), t.Parent, int64(t.Index),
		boolInt(t.Group), int64(t.Children), t.RetryOf, t.Callback, t.InputHash)
	e.json(t.Tags, t.Tags == nil)
	e.json(t.Quoted, t.Quoted == nil)
	e.add(ms(t.Created), string(t.Input), int64(max(1, t.Slots)), t.RequestID)
}

// sameImmutable says whether two versions of a task have the same immutable fields.
func sameImmutable(a, b *task.Task) bool {
	return a.ID == b.ID && a.Kind == b.Kind && a.Module == b.Module && a.Operation == b.Operation && a.Model == b.Model &&
		a.Media == b.Media && a.Owner == b.Owner && a.Sandbox == b.Sandbox && a.Parent == b.Parent && a.Index == b.Index &&
		a.Group == b.Group && a.Children == b.Children && a.RetryOf == b.RetryOf && a.Callback == b.Callback &&
		a.InputHash == b.InputHash && a.RequestID == b.RequestID && max(1, a.Slots) == max(1, b.Slots) && slices.Equal(a.Tags, b.Tags) && a.Created.Equal(b.Created) &&
		(a.Quoted == b.Quoted || a.Quoted != nil && b.Quoted != nil && *a.Quoted == *b.Quoted) && bytes.Equal(a.Input, b.Input)
}

func (e *encoder) mutable(t *task.Task) {
	ticket := ""
	if t.Ticket != nil {
		ticket = t.Ticket.ID
	}
	e.add(string(t.State), t.Version, t.RetriedAs, t.SubmitID, t.Account.Vendor, t.Account.BaseURL, t.Account.Fingerprint, int64(t.Attempts), ms(t.Submitted),
		t.LeaseOwner, ms(t.LeaseUntil), ms(t.RunAt), int64(t.Wakes), ms(t.Deadline), t.Spool, ticket, t.Progress, t.Message,
		boolInt(t.CancelRequested), string(t.Charged), ms(t.Updated), ms(t.Finished), ms(t.Removed), boolInt(t.Held))
	e.json(t.Error, t.Error == nil)
	e.json(t.Actual, t.Actual == nil)
	e.add(string(t.Usage))
	e.json(t.Warnings, t.Warnings == nil)
	e.json(t.Ticket, t.Ticket == nil)
	e.json(t.Answer, t.Answer == nil)
}

func readTask(r *sql.Rows) (*task.Task, error) {
	t := &task.Task{}
	err := readRow(r, taskWidth, func(c *columns) {
		t.ID, t.Kind, t.Module, t.Operation, t.Model = c.text(), c.text(), c.text(), c.text(), c.text()
		t.Media, t.Owner, t.Sandbox, t.Parent, t.Index = module.Media(c.text()), c.text(), c.flag(), c.text(), int(c.number())
		t.Group, t.Children, t.RetryOf, t.Callback, t.InputHash = c.flag(), int(c.number()), c.text(), c.text(), c.text()
		t.Tags, t.Quoted, t.Created, t.Input, t.Slots = c.texts(), decode[provider.Money](c), c.time(), c.raw(), int(c.number())
		t.RequestID = c.text()

		t.State, t.Version, t.RetriedAs, t.SubmitID = task.State(c.text()), c.number(), c.text(), c.text()
		t.Account = task.Account{Vendor: c.text(), BaseURL: c.text(), Fingerprint: c.text()}
		t.Attempts, t.Submitted, t.LeaseOwner, t.LeaseUntil = int(c.number()), c.time(), c.text(), c.time()
		t.RunAt, t.Wakes, t.Deadline, t.Spool = c.time(), int(c.number()), c.time(), c.text()
		c.value() // ticket_id, which the ticket contains
		t.Progress, t.Message, t.CancelRequested = c.real(), c.text(), c.flag()
		t.Charged, t.Updated, t.Finished, t.Removed, t.Held = fault.Charge(c.text()), c.time(), c.time(), c.time(), c.flag()
		t.Error, t.Actual, t.Usage = decode[task.Error](c), decode[provider.Money](c), c.raw()
		t.Warnings, t.Ticket, t.Answer = c.texts(), decode[provider.Ticket](c), decode[provider.Answer](c)
	})
	return t, err
}

// oneTask is the first task that a query returns; a fault of kind NotFound if there
// is none.
func oneTask(a querier, query string, args ...any) (*task.Task, error) {
	list, err := manyTasks(a, query, args...)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "task_not_found", "There is no such task.")
	}
	return list[0], nil
}

func manyTasks(a querier, query string, args ...any) ([]*task.Task, error) {
	var out []*task.Task
	err := a.query(query, args, func(r *sql.Rows) error {
		t, err := readTask(r)
		out = append(out, t)
		return err
	})
	return out, err
}

// asStored truncates t's times to those that the database stores, and normalizes
// empty JSON, so that a write returns the same task as a later read.
func asStored(t *task.Task) *task.Task {
	for _, at := range []*time.Time{&t.Submitted, &t.LeaseUntil, &t.RunAt, &t.Deadline, &t.Created, &t.Updated, &t.Finished, &t.Removed} {
		*at = fromMS(ms(*at))
	}
	if len(t.Input) == 0 {
		t.Input = nil
	}
	t.Slots = max(1, t.Slots)
	if len(t.Usage) == 0 {
		t.Usage = nil
	}
	return t
}
