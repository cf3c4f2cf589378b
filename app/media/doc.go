// Package media says what a file is, from its bytes alone: names and headers
// of whoever sent it are not believed.
//
// [Inspect] proves that a picture or film is whole, without decoding it and in
// constant memory. [Upload] is the same proof in a caller's words, and refuses
// an SVG that could run or fetch something. [Thumbnail] makes a small JPEG.
//
// What a proof rests on: the header with the dimensions, and the end marker in
// its place. Bytes after the end marker are forgiven, because decoders forgive
// them and a refused result is money lost. A checksum is nowhere verified.
package media
