// Package media validates images and videos and makes thumbnails. It decides by the bytes
// of a file alone; names and headers that a caller or a vendor sent are ignored.
//
// [Inspect] checks that a file is a complete image or video, without decoding it and in
// constant memory: the header with the dimensions, the structure of blocks, chunks or
// boxes, and the end marker. Bytes after the end marker are accepted, because decoders
// accept them and a refused result is money lost. Checksums are not verified.
//
// Width and height are those of the image as it is shown: JPEG, PNG, WebP and TIFF may say
// by their EXIF orientation that it is stored turned or mirrored (orientation.go).
//
// [Upload] is Inspect for files of callers, with faults for callers. It also refuses what
// says a size that its data does not have (verify.go), SVGs that could run script or load
// something (svg_policy.go), and names the types that are not supported (foreign.go).
//
// [Still] decodes one image: for a thumbnail, for a conversion, or for a look at its
// transparency. It says before how much memory that takes; callers share a budget.
package media
