package worker

import (
	"context"
	"errors"
	"io"
	"path"

	"aigc/app/blob"
	"aigc/app/fault"
	"aigc/app/media"
	"aigc/app/provider"
	"aigc/app/task"
)

// withStill opens an image of the object store and calls f, in which it may be decoded.
// It first waits until the images that are decoded concurrently leave room for this one.
func (w *core) withStill(ctx context.Context, object string, f func(*media.Still) error) error {
	r, _, err := w.Blobs.Open(ctx, object)
	if err != nil {
		return err
	}
	defer r.Close()
	return safely(func() error { return w.Images.Use(ctx, r, f) })
}

// inputImage reads the image of an asset for a driver. It implements
// [provider.ImageFile].
type inputImage struct {
	inputs
	ctx   context.Context
	asset *task.Asset
}

// Turned implements [provider.ImageFile].
func (i inputImage) Turned() (turned bool, err error) {
	r, _, err := i.w.Blobs.Open(i.ctx, i.asset.Object)
	if err != nil {
		return false, unreadable(err)
	}
	defer r.Close()
	st, err := media.OpenStill(r)
	if err != nil {
		return false, undecodable(err)
	}
	return st.Orientation > 1, nil
}

// Alpha implements [provider.ImageFile].
func (i inputImage) Alpha() (alpha provider.Alpha, err error) {
	err = i.w.withStill(i.ctx, i.asset.Object, func(st *media.Still) error {
		found, err := st.Alpha()
		alpha = provider.Alpha{Channel: found != media.NoAlpha, Transparent: found == media.TransparentAlpha}
		return err
	})
	return alpha, undecodable(err)
}

// Upright implements [provider.ImageFile]. The converted copy is put beside the image, so
// that a vendor can fetch it, and that further submissions find it.
func (i inputImage) Upright() (provider.Input, error) {
	mime, ext := media.ConvertedType(i.asset.MIME)
	object := i.asset.Object + blob.ConvertedExt + ext
	stored, err := i.w.Blobs.Stat(i.ctx, object)
	if fault.KindOf(err) == fault.NotFound {
		if err := i.convert(object, mime); err != nil {
			return provider.Input{}, err
		}
		stored, err = i.w.Blobs.Stat(i.ctx, object)
	}
	if err != nil {
		return provider.Input{}, unreadable(err)
	}
	return provider.Input{
		URL: i.address(object), Name: path.Base(object), MIME: mime, Size: stored.Size,
		Width: i.asset.Width, Height: i.asset.Height, Open: i.opener(i.ctx, object),
	}, nil
}

func (i inputImage) convert(object, mime string) error {
	out, discard, err := i.w.Spool.Scratch()
	if err != nil {
		return unwritable(err)
	}
	defer discard()
	err = i.w.withStill(i.ctx, i.asset.Object, func(st *media.Still) error { return st.Convert(out) })
	if err != nil {
		return undecodable(err)
	}
	size, err := out.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = out.Seek(0, io.SeekStart)
	}
	if err == nil {
		err = i.w.checkObject(size, resultKeep)
	}
	if err == nil {
		err = i.w.Blobs.Put(i.ctx, object, out, size, blob.PutOptions{ContentType: mime})
	}
	return unwritable(err)
}

func unwritable(err error) error {
	if err == nil || fault.KindOf(err) == fault.StorageFull {
		return err
	}
	return fault.Wrap(err, fault.Unavailable, "storage_down", "A converted image of the input cannot be written.").WithCharge(fault.ChargedNo)
}

// undecodable is a fault of the input if an image of it cannot be decoded; else the image
// can be read later, but not now. Nothing was sent.
func undecodable(err error) error {
	const advice = "convert it to an upright PNG or JPEG"
	var why *media.UndecodableError
	f := fault.From(err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, media.ErrTooBig):
		f = fault.Wrap(err, fault.Invalid, "image_too_large", "is too large to be converted: %s, or scale it down", advice)
	case errors.As(err, &why):
		f = fault.Wrap(err, fault.Invalid, "image_not_convertible", "cannot be converted, because %v: %s", why.Unwrap(), advice)
	case f.Kind == fault.InvalidResult, f.Code == "panic": // of the header, and of a decoder
		f = fault.Wrap(err, fault.Invalid, "image_not_convertible", "is damaged and cannot be converted: %s", advice)
	default:
		return unreadable(err)
	}
	return f.WithCharge(fault.ChargedNo)
}

func unreadable(err error) error {
	return fault.Wrap(err, fault.Unavailable, "input_unreadable", "An image of the input cannot be read now.").WithCharge(fault.ChargedNo)
}

func (in inputs) address(object string) string {
	if in.w.Address == nil {
		return ""
	}
	return in.w.Address(object)
}

// opener opens an object for a request. A request body may be read after the call that
// opened it has returned, so the reader must not depend on the call's context.
func (in inputs) opener(ctx context.Context, object string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		f, _, err := in.w.Blobs.Open(context.WithoutCancel(ctx), object)
		return f, err
	}
}
