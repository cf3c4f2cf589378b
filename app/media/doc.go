// Package media validates images and videos and makes thumbnails. It decides by the bytes
// of a file alone; names and headers that a caller or a vendor sent are ignored.
//
// [Inspect] checks that a file is a complete image or video, without decoding it and in
// constant memory: the header with the dimensions, the structure of blocks, chunks or
// boxes, and the end marker. Bytes after the end marker are accepted, because decoders
// accept them and a refused result is money lost. Checksums are not verified.
//
// [Upload] is Inspect for files of callers, with faults for callers. It also refuses SVGs
// that could run script or load something; see svg_policy.go. [Thumbnail] makes a small
// JPEG.
package media
