package sandbox

import "aigc/app/sandbox"

// checkFiles is the vendor's error for the first fault of an edit's files; nil if
// there is none.
func checkFiles(files []sandbox.File) *apiError {
	var images []sandbox.File
	var mask sandbox.File
	for _, f := range files {
		switch f.Field {
		case "image", "image[]":
			images = append(images, f)
		case "mask":
			mask = f
		default:
			return invalid(f.Field, "unknown_parameter", "Unknown parameter: '"+f.Field+"'.")
		}
	}
	switch {
	case len(images) == 0:
		return invalid("image", "missing_required_parameter", "Missing required parameter: 'image'.")
	case len(images) > 16:
		return invalid("image", "array_above_max_length", "Invalid 'image': at most 16 images.")
	}
	for _, f := range images {
		p, _ := f.Picture()
		switch {
		case f.Field == "image" && len(images) > 1:
			return invalid("image", "duplicate_parameter", "Duplicate parameter: 'image'. Use 'image[]' for several images.")
		case p.MIME != "image/png" && p.MIME != "image/jpeg" && p.MIME != "image/webp", p.Size >= 50<<20:
			return invalid("image", "invalid_image_file", "Invalid image file: a png, jpeg or webp of less than 50 MB is expected.")
		}
	}
	first, _ := images[0].Picture()
	switch p, _ := mask.Picture(); {
	case mask.Field == "":
	case p.MIME != "image/png", p.Size >= 4<<20:
		return invalid("mask", "invalid_image_file", "The mask must be a png of less than 4 MB.")
	case p.Width != first.Width, p.Height != first.Height:
		return invalid("mask", "invalid_value", "The mask must have the size of the first image.")
	}
	return nil
}
