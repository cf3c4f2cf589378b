package service

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"aigc/app/blob"
	"aigc/app/disk"
	"aigc/app/fault"
	"aigc/app/fetch"
	"aigc/app/media"
	"aigc/app/task"
)

// inputImage is one image or video of an input: a URL, data URL, base64, asset id
// or upload placeholder.
type inputImage struct {
	field  string
	index  int // in a list; -1 if the field is no list
	value  string
	file   *upload     // the received bytes, not an asset yet; nil if asset is set
	asset  *task.Asset // the stored file
	info   media.Info
	sha256 string
}

// location is the image's place in the request, such as "body.images[0]".
func (p *inputImage) location() string {
	if p.index < 0 {
		return "body." + p.field
	}
	return fmt.Sprintf("body.%s[%d]", p.field, p.index)
}

// replaceIn writes text into input in place of the image.
func (p *inputImage) replaceIn(input map[string]json.RawMessage, text string) {
	if p.index < 0 {
		input[p.field], _ = json.Marshal(text) // a string
		return
	}
	var list []string
	_ = json.Unmarshal(input[p.field], &list) // the schema has checked its type
	list[p.index] = text
	input[p.field], _ = json.Marshal(list)
}

// loadImages fetches or decodes all images of an input into temporary files and
// checks their types and limits. Its error lists the faults of all images.
// Nothing is stored yet.
func (s *Service) loadImages(ctx context.Context, d *draft) error {
	for _, f := range d.Operation.Schema.Fields() {
		raw, given := d.input[f.Name]
		if !f.Image || !given {
			continue
		}
		var list []string
		var one string
		if f.Many && json.Unmarshal(raw, &list) == nil {
			for i, v := range list {
				d.images = append(d.images, &inputImage{field: f.Name, index: i, value: v})
			}
		} else if json.Unmarshal(raw, &one) == nil && one != "" {
			d.images = append(d.images, &inputImage{field: f.Name, index: -1, value: one})
		}
	}
	ctx, cancel := context.WithTimeout(ctx, imageLoadTimeout)
	defer cancel()
	errs := make([]error, len(d.images))
	var wg sync.WaitGroup
	slots := make(chan struct{}, imageLoaders)
	for i, p := range d.images {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			errs[i] = s.loadImage(ctx, d.Caller, p)
		})
	}
	wg.Wait()
	return d.imageErrors(errs)
}

const (
	imageLoadTimeout = time.Minute // for all images of a request
	imageLoaders     = 4           // images of one request that are loaded concurrently
)

// imageErrors merges the errors of an input's images, by index. An error that is
// not the caller's fault is returned alone; otherwise all are listed in one fault
// that has the kind and code of the first.
func (d *draft) imageErrors(errs []error) error {
	var out *fault.Error
	var details []fault.Detail
	for i, err := range errs {
		f := fault.From(err)
		if f == nil {
			continue
		}
		switch f.Kind {
		case fault.Invalid, fault.Unsupported, fault.TooLarge:
		case fault.Timeout: // imageLoadTimeout is over
			f = fault.Wrap(err, fault.Invalid, "url_timeout", "The URL cannot be fetched: its server did not answer in time.")
		default:
			return err
		}
		if out == nil {
			out = f
		}
		details = append(details, fault.Detail{Location: d.images[i].location(), Message: f.Message})
	}
	if out == nil {
		return nil
	}
	all := fault.From(fault.InvalidInput(details...))
	all.Kind, all.Code, all.Err = out.Kind, out.StableCode(), out.Err
	return all
}

func (s *Service) loadImage(ctx context.Context, c Caller, p *inputImage) error {
	p.value = strings.TrimSpace(p.value)
	if a, known, err := s.findAsset(ctx, c, p.value); known || err != nil {
		if err != nil {
			return err
		}
		p.asset, p.sha256 = a, a.SHA256
		return nil
	}
	var err error
	switch {
	case strings.HasPrefix(p.value, uploadPrefix):
		p.file, err = s.uploads.take(p.value)
	case hasScheme(p.value, "http:") || hasScheme(p.value, "https:"):
		p.file, err = s.download(ctx, p.value)
	default:
		p.file, err = s.uploads.decode(p.value)
	}
	if err != nil {
		return err
	}
	p.sha256 = p.file.sum()
	p.info, err = s.Images.Upload(ctx, p.file.path)
	if disk.IsDescriptors(err) {
		err = diskFault(err)
	}
	return err
}

// findAsset looks up the asset that value refers to. known is false if value is no
// reference; see [Service.parseReference]. An asset of another owner is reported as not
// found.
func (s *Service) findAsset(ctx context.Context, c Caller, value string) (a *task.Asset, known bool, err error) {
	r, known := s.parseReference(value)
	switch {
	case !known:
		return nil, false, nil
	case r.asset != "":
		a, err = s.Ledger.Asset(ctx, r.asset)
	default:
		a, err = s.Ledger.AssetByObject(ctx, r.object)
	}
	if err == nil && !c.Admin && a.Owner != c.Name {
		err = fault.New(fault.NotFound, "asset_not_found", "There is no such asset.")
	}
	if fault.KindOf(err) == fault.NotFound {
		err = fault.Wrap(err, fault.Invalid, "asset_not_found", "There is no such asset.").WithCharge(fault.ChargedNo)
	}
	return a, true, err
}

// hasScheme says whether value begins with a URL scheme, in any case.
func hasScheme(value, scheme string) bool {
	return len(value) >= len(scheme) && strings.EqualFold(value[:len(scheme)], scheme)
}

func (s *Service) download(ctx context.Context, address string) (*upload, error) {
	f, err := s.uploads.create(downloadFiles)
	if err != nil {
		return nil, err
	}
	if _, err := s.Fetch.Get(ctx, fetch.Request{URL: address, MaxBytes: media.MaxUpload, Timeout: time.Minute}, f); err != nil {
		_ = f.Abort()
		return nil, err
	}
	return f, f.Close()
}

// storeImages stores the loaded images as assets and puts the asset ids into the
// input.
func (s *Service) storeImages(ctx context.Context, d *draft) error {
	for _, p := range d.images {
		if p.asset == nil {
			a, err := s.storeFile(ctx, d.Caller, task.Input, p.file, p.info, "")
			if err != nil {
				return err
			}
			p.asset = a
		}
		if p.asset.Role != task.Upload { // uploads are never deleted
			d.inputs = append(d.inputs, p.asset.ID)
		}
		p.replaceIn(d.input, p.asset.ID)
	}
	return nil
}

// maxSidecar is the size that the sidecar of a received file does not exceed.
const maxSidecar = 16 << 10

// storeFile stores a received file as an asset of the caller: the object, then
// its sidecar, then the ledger row.
func (s *Service) storeFile(ctx context.Context, c Caller, role task.Role, f *upload, info media.Info, name string) (*task.Asset, error) {
	if v := s.Capacity.Objects; v != nil {
		r, err := v.Reserve(f.size+maxSidecar, s.Capacity.CallerKeep())
		if err != nil {
			return nil, err
		}
		defer r.Release()
	}
	now := time.Now()
	id := task.NewID(now)
	a := &task.Asset{
		ID: id, Role: role, Name: name, Object: blob.Name(blob.Uploaded, info.Folder, now, "upload", id, 0, info.Ext),
		MIME: info.MIME, Width: info.Width, Height: info.Height, Duration: info.Duration, Size: info.Size, SHA256: f.sum(),
		Owner: c.Name, Created: now,
	}
	side := blob.Sidecar{
		AssetID: id, Role: string(role), Owner: c.Name, MIMEType: a.MIME, Width: a.Width, Height: a.Height, DurationSeconds: a.Duration.Seconds(),
		Size: a.Size, SHA256: a.SHA256, CreatedAt: now.UTC(), StoredAt: now.UTC(),
	}
	data, err := side.Encode()
	if err != nil {
		return nil, err
	}
	err = s.putFile(ctx, a, f.path)
	if err == nil {
		err = s.Blobs.Put(ctx, blob.SidecarName(a.Object), bytes.NewReader(data), int64(len(data)), blob.PutOptions{ContentType: "application/json"})
	}
	if disk.IsTransient(err) {
		return nil, diskFault(err)
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "storage_down", "The file cannot be written to object storage.").WithCharge(fault.ChargedNo)
	}
	return a, s.Ledger.AddAsset(ctx, a)
}

// putFile writes the content of an asset from a received file.
func (s *Service) putFile(ctx context.Context, a *task.Asset, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return s.Blobs.Put(ctx, a.Object, f, a.Size, blob.PutOptions{ContentType: a.MIME, SHA256: a.SHA256})
}

// discardUploads deletes the temporary files of the input's images.
func (d *draft) discardUploads() {
	for _, p := range d.images {
		p.discard()
	}
}

// discard deletes the temporary file, if one was received.
func (p *inputImage) discard() {
	if p.file != nil {
		_ = p.file.Abort()
	}
}
