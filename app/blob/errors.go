package blob

import (
	"context"
	"errors"

	"aigc/app/fault"
)

func notFound(err error) error {
	return fault.Wrap(err, fault.NotFound, "object_not_found", "There is no such object.")
}

// unavailable wraps an error of the store as a fault of kind Unavailable. Faults
// and errors of a context are returned unchanged.
func unavailable(err error) error {
	var known *fault.Error
	switch {
	case err == nil, errors.As(err, &known), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return fault.Wrap(err, fault.Unavailable, "storage_down", "Object storage does not answer.")
}

// ignoreNotFound returns nil for a NotFound fault, otherwise err.
func ignoreNotFound(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}
