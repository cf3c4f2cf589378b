package worker

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"aigc/app/blob"
	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/fetch"
	"aigc/app/media"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// maxResult is the largest result that is fetched, in bytes.
const maxResult = 2 << 30

// results are the valid results of an answer, on this volume.
type results struct {
	list     []*result
	warnings []string
	invalid  []int            // indexes of results that were left out because they are invalid
	kept     *task.KeptAnswer // of these; nil: none
}

// result is one valid image or video on this volume.
type result struct {
	blob     spool.Blob
	path     string // of the blob's file; empty if it is inline
	unsynced bool   // journaling failed: the file may not be on the disk
	info     media.Info
	asset    *task.Asset
}

func (rs *results) assets() []*task.Asset {
	out := make([]*task.Asset, len(rs.list))
	for i, r := range rs.list {
		out[i] = r.asset
	}
	return out
}

func (rs *results) bytes() (n int64) {
	for _, r := range rs.list {
		n += r.blob.Size
	}
	return n
}

// hasBytes says whether an answer has results that are bytes and not URLs.
func hasBytes(a *provider.Answer) bool {
	return slices.ContainsFunc(a.Results, func(r provider.Result) bool { return r.Base64 != "" })
}

// collectAndPut collects the results of an answer and puts them durably into the
// object store.
func (w *core) collectAndPut(ctx context.Context, t *task.Task, a *answer) (rs *results, err error) {
	err = safely(func() (err error) {
		if rs, err = w.collect(ctx, t, a); err == nil {
			a.room.set(max(rs.bytes(), minResultBytes)) // it may have been an estimate
			err = w.put(ctx, t, rs, max(1, a.puts))
		}
		if err == nil && len(rs.invalid) > 0 {
			rs.kept, err = w.keepUnusable(ctx, t, a, rs.invalid)
		}
		return err
	})
	return rs, err
}

// collect gets and validates every result of an answer. Invalid results beside valid
// ones are left out, with a warning.
func (w *core) collect(ctx context.Context, t *task.Task, a *answer) (*results, error) {
	rs := &results{}
	var first error
	for i, res := range a.Answer.Results {
		r, err := w.collectOne(ctx, t, a, i)
		if err != nil {
			if k := fault.KindOf(err); k != fault.InvalidResult && (k != fault.ResultExpired || len(a.Answer.Results) == 1 || w.withinGrace(t)) {
				return nil, err
			}
			rs.warnings = append(rs.warnings, leftOut(i, res, err))
			if fault.KindOf(err) == fault.InvalidResult {
				rs.invalid = append(rs.invalid, i)
			}
			if first == nil {
				first = err
			}
			continue
		}
		for _, warning := range []string{res.Warning, sizeWarning(res.Size, r.asset)} {
			if warning != "" && !slices.Contains(rs.warnings, warning) {
				rs.warnings = append(rs.warnings, warning)
			}
		}
		rs.list = append(rs.list, r)
	}
	if len(rs.list) == 0 {
		if first == nil {
			first = fault.New(fault.InvalidResult, "empty_result", "The vendor's answer holds no result.")
		}
		return nil, first
	}
	return rs, nil
}

// leftOut warns of a result that cannot be used, with its address at the vendor, if it has
// one.
func leftOut(i int, res provider.Result, err error) string {
	text := fmt.Sprintf("Result %d was left out: %s", i+1, fault.From(err).Message)
	if res.URL != "" {
		text += " Its address at the vendor: " + res.URL
	}
	return text
}

// sizeWarning warns of a file whose size is not the requested one; empty if it is, or if
// one of the two is not known.
func sizeWarning(requested string, a *task.Asset) string {
	width, height, ok := provider.ParseSize(requested)
	if !ok || a.Width == 0 || a.Width == width && a.Height == height {
		return ""
	}
	return fmt.Sprintf("The vendor delivered %s instead of %s.", provider.FormatSize(a.Width, a.Height), requested)
}

// collectOne gets the i-th result from the spool, or fetches it from its URL into
// the spool, and validates it.
func (w *core) collectOne(ctx context.Context, t *task.Task, a *answer, i int) (*result, error) {
	res, r := a.Answer.Results[i], &result{}
	switch {
	case res.Base64 != "":
		var ok bool
		if r.blob, ok = a.Blob(res.Base64); !ok {
			return nil, fault.New(fault.ResultExpired, "result_lost", "A file of the answer does not exist any more.")
		}
		r.unsynced = a.unsynced
		if r.blob.Corrupt && res.URL != "" { // a vendor that sends both
			a.Answer.Results[i].Base64 = ""
			return w.collectOne(ctx, t, a, i)
		}
		if r.blob.Corrupt {
			return nil, fault.New(fault.InvalidResult, "corrupt_base64", "The base64 of the vendor's answer is damaged.")
		}
	case res.URL != "":
		var err error
		r.blob, err = w.Spool.Download(t.ID, t.SubmitID, resultFile(i), func(dst io.Writer) error {
			return w.fetch(ctx, t, res.URL, &fetchedFile{dst, w.reserves.spool(t.ID), maxResult})
		})
		if err != nil {
			return nil, err
		}
	default:
		return nil, fault.New(fault.InvalidResult, "empty_result", "A result of the vendor's answer is empty.")
	}
	var err error
	if r.blob.Inline() {
		r.info, err = media.Inspect(bytes.NewReader(r.blob.Data), r.blob.Size)
	} else {
		r.path = w.Spool.Path(t.ID, t.SubmitID, r.blob.Name)
		r.info, err = media.InspectFile(r.path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(err, fault.ResultExpired, "result_lost", "A file of the answer does not exist any more.")
	case err != nil:
		return nil, err
	case t.Media == module.Image && r.info.Folder == media.Video:
		return nil, fault.New(fault.InvalidResult, "video_for_image", "The vendor delivered a video where an image was due.")
	}
	r.asset = &task.Asset{
		ID: task.ResultID(t.ID, t.SubmitID, i), Task: t.ID, Index: i, Role: task.Result,
		Object: blob.Name(blob.Generated, r.info.Folder, t.Created, t.Model, t.ID, i, r.info.Ext),
		MIME:   r.info.MIME, Width: r.info.Width, Height: r.info.Height, Duration: r.info.Duration,
		Size: r.blob.Size, SHA256: r.blob.SHA256, Owner: t.Owner, Sandbox: t.Sandbox,
		Prompt: res.Prompt, Seed: res.Seed, Created: time.Now().Truncate(time.Millisecond), // as the ledger keeps it
	}
	return r, nil
}

// fetch copies a result from the vendor's URL: by the driver, with the vendor's key,
// if it is a [provider.Fetcher] that handles the URL; else by the guarded client.
func (w *core) fetch(ctx context.Context, t *task.Task, url string, dst io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	call := w.call(t, nil)
	defer call.HTTP.Close()
	if f := w.fetcher(t); f != nil && f.Handles(call, url) {
		return safely(func() error { return f.Fetch(ctx, call, url, dst) })
	}
	_, err := w.Fetch.Get(ctx, fetch.Request{URL: call.Account.Unmask(url), MaxBytes: maxResult, Timeout: 10 * time.Minute, FromVendor: true}, dst)
	return err
}

// putsAtOnce is how many results of one answer are put concurrently at most.
const putsAtOnce = 4

// put puts every result with its sidecar into the object store, a number of them at once.
func (w *core) put(ctx context.Context, t *task.Task, rs *results, atOnce int) error {
	failpoint.Here("before_store")
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(atOnce)
	for _, r := range rs.list {
		all.Go(func() error { return w.putOne(ctx, t, r) })
	}
	if err := all.Wait(); err != nil {
		return err
	}
	failpoint.Here("objects_stored")
	return nil
}

// putOne puts a result, and then its sidecar beside it.
func (w *core) putOne(ctx context.Context, t *task.Task, r *result) error {
	if err := w.putObject(ctx, t, r); err != nil {
		return storeError(err)
	}
	side, err := w.sidecar(t, r).Encode()
	if err != nil {
		return err
	}
	if err := w.Blobs.Put(ctx, blob.SidecarName(r.asset.Object), bytes.NewReader(side), int64(len(side)), blob.PutOptions{ContentType: "application/json", TaskID: t.ID}); err != nil {
		return storeError(err)
	}
	return nil
}

// putObject links a synced file of the spool into a store on the same file system;
// else it copies the result, and compares the SHA-256 of the copied bytes with that
// of the received ones.
func (w *core) putObject(ctx context.Context, t *task.Task, r *result) error {
	o := blob.PutOptions{ContentType: r.info.MIME, TaskID: t.ID, SHA256: r.blob.SHA256}
	if l, ok := w.Blobs.(blob.Linker); ok && r.path != "" && !r.unsynced {
		if err := l.Link(ctx, r.asset.Object, r.path, o); !errors.Is(err, blob.ErrNotLinked) {
			return err
		}
	}
	var src io.Reader = bytes.NewReader(r.blob.Data)
	if r.path != "" {
		f, err := os.Open(r.path)
		if err != nil {
			return err
		}
		defer f.Close()
		src = f
	}
	sum := sha256.New()
	err := w.withinReserve(t.ID, r.blob.Size, func() error { return w.Blobs.Put(ctx, r.asset.Object, io.TeeReader(src, sum), r.blob.Size, o) })
	if err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != r.blob.SHA256 {
		return errors.New("the result read from the spool differs from what was received: its SHA-256 does not match")
	}
	w.Metrics.stored.Add(float64(r.blob.Size))
	return nil
}

func storeError(err error) error {
	if fault.KindOf(err) == fault.StorageFull { // of this machine's disk
		return err
	}
	return fault.Wrap(err, fault.Unavailable, "storage_down", "The object store did not accept the result.")
}

func (w *core) sidecar(t *task.Task, r *result) *blob.Sidecar {
	s := &blob.Sidecar{
		TaskID: t.ID, AssetID: r.asset.ID, Owner: t.Owner, Index: r.asset.Index,
		Module: t.Module, Operation: t.Kind, Model: t.Model, Vendor: t.Account.Vendor, VendorID: vendorID(t),
		Parameters: t.Input, Prompt: stringField(t.Input, "prompt"), RevisedPrompt: r.asset.Prompt,
		Charged: string(t.Charged), Sandbox: t.Sandbox,
		MIMEType: r.info.MIME, Width: r.info.Width, Height: r.info.Height, DurationSeconds: r.info.Duration.Seconds(),
		Size: r.asset.Size, SHA256: r.asset.SHA256, Seed: r.asset.Seed, CreatedAt: t.Created.UTC(), StoredAt: r.asset.Created.UTC(),
	}
	if m := actualCost(t, 0, 0); m != nil {
		amount := m.Amount()
		s.Cost, s.Currency = &amount, m.Currency
	}
	return s
}

// successTransition is the transition from storing to succeeded. It computes what
// the task cost.
func (w *core) successTransition(t *task.Task, stored *results) task.Transition {
	answer, got := t.Answer, len(stored.list)
	return task.Transition{
		ID: t.ID, SubmitID: t.SubmitID, From: []task.State{task.Storing}, To: task.Succeeded, Cause: task.ObjectsStored, Assets: stored.assets(), Kept: stored.kept,
		Edit: func(row *task.Task) error {
			row.Warnings = slices.Concat(row.Warnings, answer.Warnings, stored.warnings)
			row.Answer = answer
			expected := w.expectedResults(row)
			if got < expected {
				row.Warnings = append(row.Warnings, fmt.Sprintf("The vendor returned %d of %d results.", got, expected))
			}
			row.Usage, row.Actual = answer.Usage, actualCost(row, got, expected)
			row.Answer, row.Error, row.Message, row.Progress = nil, nil, "", 1
			if row.Ticket == nil && answer.VendorID != "" {
				row.Ticket = &provider.Ticket{ID: answer.VendorID}
			}
			row.Spool = ""
			return nil
		},
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
