package module

import (
	"reflect"
	"strings"

	"aigc/app/provider"
)

// RefuseImages returns a fault for each input image of an input struct, for a model that
// can use none. Other fields that a model does not support are left out with a warning,
// but an image is what the result is to be made of: without it the result would be paid
// and useless.
func RefuseImages(in any, model string) (faults []FieldError) {
	v := reflect.Indirect(reflect.ValueOf(in))
	for _, f := range reflect.VisibleFields(v.Type()) {
		image := reflect.TypeFor[provider.ImageRef]()
		isList := f.Type.Kind() == reflect.Slice && f.Type.Elem() == image
		if given := v.FieldByIndex(f.Index); f.Type == image && given.Len() > 0 || isList && given.Len() > 0 {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			faults = append(faults, RefuseImage(name, model))
		}
	}
	return faults
}

// RefuseImage is the fault of one field with images that the model cannot use.
func RefuseImage(field, model string) FieldError {
	return FieldError{Field: field, Message: model + " cannot use input images here: choose another model, or leave it out"}
}
