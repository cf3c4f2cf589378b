// Package film makes playable MP4 films without a codec library: what the
// sandbox's vendors of video answer with.
//
// A film is a camera that moves over a picture of package picture. That is the
// cheapest true motion in H.264: the first frame is coded on its own, and each
// later one says "as before, but shifted", which costs a few dozen bytes, and
// codes anew only the column of pixels that came into view and the caption,
// which stays in its corner. See encoder.go for why nothing drifts.
//
// Only what such a film needs of H.264 is here: constrained baseline profile,
// one slice a frame, Intra 16x16 macroblocks and CAVLC, P macroblocks that are
// copied whole, no smoothing between blocks.
package film
