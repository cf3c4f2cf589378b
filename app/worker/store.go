package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"aigc/app/blob"
	"aigc/app/fault"
	"aigc/app/fetch"
	"aigc/app/killpoint"
	"aigc/app/media"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// maxResult caps one fetched result in bytes.
const maxResult = 2 << 30

// store brings the files of an answer into the object store and ends the task.
// Only a proof that no copy is left, or that none is valid, fails it; anything
// else leaves it storing, to be tried again. It runs under a lease.
func (w *Worker) store(ctx context.Context, t *task.Task) {
	var h *harvest
	journal, err := w.journal(t)
	if err == nil {
		h, err = w.gather(ctx, t, journal)
	}
	w.conclude(ctx, t, h, err)
}

// gather proves the files of an answer and puts them into the object store.
// Only those that the journal does not hold must be durable there at once; see
// [Worker.rest].
func (w *Worker) gather(ctx context.Context, t *task.Task, journal spool.Record) (h *harvest, err error) {
	err = safely(func() (err error) {
		if h, err = w.collect(ctx, t, journal); err == nil {
			err = w.put(ctx, t, h)
		}
		if err == nil && !journaled(t.Answer) {
			err = h.settle()
		}
		return err
	})
	return h, err
}

// patient says whether an address that answers "not found" or "forbidden" is
// tried again: a result that still spreads through a content network, or a
// proxy's bad minute, is not gone.
func (w *Worker) patient(t *task.Task) bool { return time.Since(t.Updated) < w.pace(t, w.Patience) }

// conclude tells the ledger what came of storing.
func (w *Worker) conclude(ctx context.Context, t *task.Task, h *harvest, err error) {
	if err == nil {
		w.succeed(t, h)
		return
	}
	log := w.logger(t)
	f := fault.From(err)
	switch {
	case f.Kind == fault.Expired && w.askAgain(ctx, t, f):
		log.Warn().Msg("the address of a result died; the vendor is asked again")
	case f.Kind == fault.Broken || f.Kind == fault.Expired && !w.patient(t):
		log.Error().Err(discreet(err)).Msg("a paid answer holds no valid result")
		w.lose(t, f)
	default:
		log.Warn().Err(discreet(err)).Msg("a result is not stored yet; will be tried again")
		after := w.pace(t, min(time.Second<<min(t.Wakes, 6), time.Minute))
		if err := w.Ledger.ReleaseLease(context.Background(), t.ID, w.owner, after, "Waiting to be stored: "+f.Safe); err != nil {
			w.report(ctx, err, "a lease cannot be given back")
		}
	}
}

// collected is one result on this volume, proven whole.
type collected struct {
	blob  spool.Blob
	path  string // empty where the blob is within its record
	info  media.Info
	asset *task.Asset
}

func (c *collected) inspect(path string) (media.Info, error) {
	if c.blob.Within() {
		return media.Inspect(bytes.NewReader(c.blob.Data), c.blob.Size)
	}
	c.path = path
	return media.InspectFile(path)
}

// collect proves every result of an answer. Invalid ones beside valid ones are
// a warning.
func (w *Worker) collect(ctx context.Context, t *task.Task, journal spool.Record) (*harvest, error) {
	h := &harvest{}
	var first error
	for i, res := range t.Answer.Results {
		c, err := w.one(ctx, t, i, res, journal)
		if err != nil {
			if k := fault.KindOf(err); k != fault.Broken && (k != fault.Expired || len(t.Answer.Results) == 1 || w.patient(t)) {
				return nil, err
			}
			h.warnings = append(h.warnings, fmt.Sprintf("Result %d was left out: %s", i+1, fault.From(err).Safe))
			if first == nil {
				first = err
			}
			continue
		}
		if res.Warning != "" {
			h.warnings = append(h.warnings, res.Warning)
		}
		h.files = append(h.files, c)
	}
	if len(h.files) == 0 {
		if first == nil {
			first = fault.New(fault.Broken, "empty_result", "The vendor's answer holds no result.")
		}
		return nil, first
	}
	return h, nil
}

// harvest is what an answer brought. Its objects can be read; sync makes them
// durable.
type harvest struct {
	files    []*collected
	warnings []string
	sync     func() error
}

func (h *harvest) settle() error {
	if err := h.sync(); err != nil {
		return notTaken(err)
	}
	return nil
}

func notTaken(err error) error {
	return fault.Wrap(err, fault.Unavailable, "storage_down", "Object storage does not take the result.")
}

func (h *harvest) assets() []*task.Asset {
	out := make([]*task.Asset, len(h.files))
	for i, c := range h.files {
		out[i] = c.asset
	}
	return out
}

func (w *Worker) one(ctx context.Context, t *task.Task, i int, res provider.Result, journal spool.Record) (*collected, error) {
	c := &collected{}
	switch {
	case res.Base64 != "":
		for _, b := range journal.Blobs {
			if b.Name == res.Base64 {
				c.blob = b
			}
		}
		if c.blob.Corrupt {
			return nil, fault.New(fault.Broken, "corrupt_base64", "The base64 of the vendor's answer is damaged.")
		}
	case res.URL != "":
		var err error
		c.blob, err = w.Spool.Fetched(t.ID, t.SubmitID, fmt.Sprintf("result-%d", i), func(dst io.Writer) error { return w.fetch(ctx, t, res.URL, dst) })
		if err != nil {
			return nil, err
		}
	default:
		return nil, fault.New(fault.Broken, "empty_result", "A result of the vendor's answer is empty.")
	}
	info, err := c.inspect(w.Spool.Path(t.ID, t.SubmitID, c.blob.Name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(err, fault.Expired, "result_lost", "A file of the answer is gone.")
	case err != nil:
		return nil, err
	}
	c.info = info
	id, created := task.NewID(time.Now()), t.Created
	if i < len(journal.Assets) {
		id = journal.Assets[i]
	}
	c.asset = &task.Asset{
		ID: id, Task: t.ID, Index: i, Role: task.Result,
		Object: blob.Name(blob.Generated, info.Kind, created, t.Model, t.ID, i, info.Ext),
		MIME:   info.MIME, Width: info.Width, Height: info.Height, Duration: info.Duration,
		Size: c.blob.Size, SHA256: c.blob.SHA256, Owner: t.Owner, Sandbox: t.Sandbox,
		Prompt: res.Prompt, Seed: res.Seed, Created: time.Now().Truncate(time.Millisecond), // as the ledger keeps it
	}
	return c, nil
}

// fetch copies a result from the vendor's address: with the key where the
// driver says so, else through the guarded client.
func (w *Worker) fetch(ctx context.Context, t *task.Task, url string, dst io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	if e := w.Modules.Entry(t.Kind); e != nil {
		call := w.call(t, nil)
		if f := fetcher(e, t.Account.Vendor); f != nil && f.Handles(call, url) {
			return safely(func() error { return f.Fetch(ctx, call, url, dst) })
		}
	}
	_, err := w.Fetch.Get(ctx, fetch.Request{URL: url, MaxBytes: maxResult, Timeout: 10 * time.Minute, FromVendor: true}, dst)
	return err
}

// put writes the objects with their sidecars in one batch.
func (w *Worker) put(ctx context.Context, t *task.Task, h *harvest) (err error) {
	var items []blob.Item
	for _, c := range h.files {
		side, err := w.sidecar(t, c).Encode()
		if err != nil {
			return err
		}
		items = append(items, blob.Item{Name: c.asset.Object, Path: c.path, Data: c.blob.Data}, blob.Item{Name: blob.SidecarName(c.asset.Object), Data: side})
	}
	killpoint.Here("storing")
	if h.sync, err = w.Blobs.Batch(ctx, items); err != nil {
		return notTaken(err)
	}
	killpoint.Here("objects_stored")
	return nil
}

func (w *Worker) sidecar(t *task.Task, c *collected) *blob.Sidecar {
	s := &blob.Sidecar{
		TaskID: t.ID, AssetID: c.asset.ID, Owner: t.Owner, Index: c.asset.Index,
		Module: t.Module, Operation: t.Kind, Model: t.Model, Vendor: t.Account.Vendor, VendorID: vendorID(t),
		Parameters: t.Input, Prompt: promptOf(t.Input), RevisedPrompt: c.asset.Prompt,
		Charged: string(t.Charged), Sandbox: t.Sandbox,
		MIMEType: c.info.MIME, Width: c.info.Width, Height: c.info.Height, DurationSeconds: c.info.Duration.Seconds(),
		Size: c.asset.Size, SHA256: c.asset.SHA256, Seed: c.asset.Seed, CreatedAt: t.Created.UTC(), StoredAt: c.asset.Created.UTC(),
	}
	if m := actual(t, 0, 0); m != nil {
		s.Cost, s.Currency = &m.Amount, m.Currency
	}
	return s
}

// succeed ends the task.
func (w *Worker) succeed(t *task.Task, h *harvest) {
	var ended *task.Task
	err := w.insist(func() (err error) {
		ended, err = w.Ledger.Apply(context.Background(), w.storedChange(t, h))
		return err
	})
	if err != nil {
		log := w.logger(t)
		log.Warn().Err(err).Msg("a stored result could not be recorded; the monitor comes back to it")
		return
	}
	w.stored(ended, h)
}

// storedChange is the move that ends a task whose objects are stored.
func (w *Worker) storedChange(t *task.Task, h *harvest) task.Transition {
	answer, got := t.Answer, len(h.files)
	return task.Transition{
		ID: t.ID, SubmitID: t.SubmitID, From: []task.State{task.Storing}, To: task.Succeeded, Cause: task.Stored, Assets: h.assets(),
		Edit: func(row *task.Task) error {
			row.Warnings = slices.Concat(row.Warnings, answer.Warnings, h.warnings)
			row.Answer = answer
			asked := w.asked(row)
			if got < asked {
				row.Warnings = append(row.Warnings, fmt.Sprintf("%d of %d results came.", got, asked))
			}
			row.Usage, row.Actual = answer.Usage, actual(row, got, asked)
			row.Answer, row.Error, row.Message, row.Progress = nil, nil, "", 1
			if row.Ticket == nil && answer.VendorID != "" {
				row.Ticket = &provider.Ticket{ID: answer.VendorID}
			}
			row.Spool = ""
			return nil
		},
	}
}

// stored is what follows once the ledger knows.
func (w *Worker) stored(t *task.Task, h *harvest) {
	killpoint.Here("succeeded")
	w.publish(t)
	w.rest(t, h.sync)
	w.wantThumbnails(h.assets())
}

// actual is what was paid as far as anybody knows: the vendor's own figure,
// else the list price in proportion to the results that came.
func actual(t *task.Task, got, asked int) *provider.Money {
	switch {
	case t.Answer != nil && t.Answer.Cost != nil:
		return t.Answer.Cost
	case t.Ticket != nil && t.Ticket.Cost != nil:
		return t.Ticket.Cost
	case t.Quoted == nil || asked == 0:
		return t.Quoted
	}
	return &provider.Money{Amount: t.Quoted.Amount * float64(got) / float64(asked), Currency: t.Quoted.Currency}
}

func (w *Worker) asked(t *task.Task) int {
	e := w.Modules.Entry(t.Kind)
	if e == nil {
		return len(t.Answer.Results)
	}
	p, err := e.Plan(t.Input, t.Model)
	if err != nil {
		return 1
	}
	return p.Pictures
}

// askAgain goes back to the vendor once for a fresh address, where it gave a
// ticket to ask with.
func (w *Worker) askAgain(ctx context.Context, t *task.Task, f *fault.Error) bool {
	e := w.Modules.Entry(t.Kind)
	if e == nil || t.Ticket == nil {
		return false
	}
	if r, ok := e.Route(t.Account.Vendor); !ok || !r.Job.Async() {
		return false
	}
	events, err := w.Ledger.Events(ctx, t.ID, 0)
	if err != nil {
		return true // not known: stay, and try again when the lease is over
	}
	for _, ev := range events {
		if ev.Cause == task.Reask {
			return false
		}
	}
	edit := func(row *task.Task) error {
		row.Answer, row.Spool = nil, ""
		row.RunAt = row.Updated.Add(w.pace(row, 5*time.Second))
		row.Deadline = row.RunAt.Add(10 * time.Minute)
		return nil
	}
	if err := w.Spool.Void(t.ID, t.SubmitID); err != nil {
		w.report(ctx, err, "a dead address cannot be taken out of the spool")
		return true // it stays, and is tried again when the lease is over
	}
	w.forget(t.ID, t.SubmitID) // what was fetched of it is fetched anew
	w.settleAs(outcome{task: t, to: task.Running, note: f.CodeText(), edit: edit, causes: []task.Cause{task.Reask}, owner: w.owner})
	return true
}

// lose ends a paid task that has no valid result.
func (w *Worker) lose(t *task.Task, f *fault.Error) {
	edit := func(row *task.Task) error {
		row.Error = task.NewError(f)
		row.Actual = actual(row, 0, 0)
		row.Answer, row.Spool = nil, ""
		return nil
	}
	if w.settleAs(outcome{task: t, to: task.Failed, note: f.CodeText(), edit: edit, causes: []task.Cause{task.Lost}, owner: w.owner}) {
		w.forget(t.ID, t.SubmitID)
	}
}

func vendorID(t *task.Task) string {
	if t.Ticket != nil {
		return t.Ticket.ID
	}
	if t.Answer != nil {
		return t.Answer.VendorID
	}
	return ""
}

// promptOf reads the prompt out of an input for the sidecar.
func promptOf(raw module.Raw) string { return stringField(raw, "prompt") }

// fetcher is the driver's optional ability to fetch a result with the key.
func fetcher(e *module.Entry, vendor string) provider.Fetcher {
	r, ok := e.Route(vendor)
	if !ok {
		return nil
	}
	f, _ := r.Job.Driver().(provider.Fetcher)
	return f
}
