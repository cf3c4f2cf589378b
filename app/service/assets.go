package service

import (
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"aigc/app/blob"
	"aigc/app/disk"
	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/media"
	"aigc/app/task"
)

// Upload implements [API].
func (s *Service) Upload(ctx context.Context, c Caller, name string, r io.Reader) (*AssetView, error) {
	f, err := s.uploads.create(uploadFiles)
	if err != nil {
		return nil, err
	}
	defer f.Abort()
	if _, err := io.Copy(f, r); err != nil {
		var known *fault.Error
		if errors.As(err, &known) {
			return nil, err
		}
		if errors.As(err, new(*jsonblob.CorruptError)) {
			return nil, damaged(err)
		}
		return nil, fault.Wrap(err, fault.Invalid, "upload_cut_short", "The upload ended early.").WithCharge(fault.ChargedNo)
	}
	_ = f.Close()
	info, err := s.Images.Upload(ctx, f.path)
	if err == nil {
		err = s.countUploads(ctx, c, 1, f.size)
	}
	if disk.IsDescriptors(err) {
		err = diskFault(err)
	}
	if err != nil {
		return nil, err
	}
	a, err := s.storeFile(ctx, c, task.Upload, f, info, cleanName(name))
	if err != nil {
		return nil, err
	}
	return s.renderAsset(a), nil
}

// cleanName reduces a caller's file name to its last path element without
// control characters, so that it is safe to show; empty if nothing is left.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, "_"), "\\", "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
	if len(name) > 255 || name == "." || name == ".." || name == "/" {
		return ""
	}
	return name
}

// UploadFrom implements [API].
func (s *Service) UploadFrom(ctx context.Context, c Caller, name, value string) (*AssetView, error) {
	p := &inputImage{field: "file", index: -1, value: value}
	defer p.discard() // also of a file that was received and is no image
	if err := s.loadImage(ctx, c, p); err != nil {
		return nil, err
	}
	if p.asset != nil {
		if p.asset.Role == task.Input { // it stays, like any upload
			if err := s.Ledger.KeepInput(ctx, p.asset.ID); err != nil {
				return nil, err
			}
		}
		return s.renderAsset(p.asset), nil
	}
	if err := s.countUploads(ctx, c, 1, p.file.size); err != nil {
		return nil, err
	}
	a, err := s.storeFile(ctx, c, task.Upload, p.file, p.info, cleanName(name))
	if err != nil {
		return nil, err
	}
	return s.renderAsset(a), nil
}

// Open implements [API].
func (s *Service) Open(ctx context.Context, c Caller, object string) (*Object, error) {
	notFound := fault.New(fault.NotFound, "object_not_found", "There is no such object.")
	if isHidden(object) {
		return nil, notFound
	}
	if s.PrivateLinks {
		if err := s.authorizeObject(ctx, c, blob.Original(object)); err != nil {
			return nil, err
		}
	}
	if err := s.checkFiles(1); err != nil {
		return nil, err
	}
	f, o, err := s.Blobs.Open(ctx, object)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil, notFound
		}
		return nil, err
	}
	mime := media.TypeByExt(path.Ext(object))
	return &Object{
		ReadSeekCloser: f, Name: path.Base(object), MIME: mime, Size: o.Size, ETag: o.ETag, Modified: o.Modified,
		Inline: blob.Inline(mime),
	}, nil
}

func (s *Service) authorizeObject(ctx context.Context, c Caller, object string) error {
	a, err := s.Ledger.AssetByObject(ctx, object)
	if err == nil && (c.Admin || a.Owner == c.Name && c.Name != "") {
		return nil
	}
	if c.Name == "" {
		return fault.New(fault.Unauthenticated, "key_needed", "Links need an API key on this server. Send it: Authorization: Bearer <key>.")
	}
	return fault.New(fault.NotFound, "object_not_found", "There is no such object.")
}

// Thumbnail implements [API].
func (s *Service) Thumbnail(ctx context.Context, c Caller, assetID string, maxBytes int) ([]byte, error) {
	a, err := s.Ledger.Asset(ctx, assetID)
	if err != nil {
		return nil, err
	}
	if !c.Admin && a.Owner != c.Name {
		return nil, fault.New(fault.NotFound, "asset_not_found", "There is no such asset.")
	}
	switch a.Thumb {
	case "", task.ThumbnailBegun:
		return nil, nil
	case task.NoThumbnail:
		return nil, fault.New(fault.NotFound, "no_thumbnail", "No thumbnail can be made of this file.")
	}
	if err := s.checkFiles(1); err != nil {
		return nil, err
	}
	f, o, err := s.Blobs.Open(ctx, a.Thumb)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if o.Size <= int64(maxBytes) {
		return io.ReadAll(f)
	}
	return s.Images.Thumbnail(ctx, f, maxBytes)
}
