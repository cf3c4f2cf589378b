// Package video serves the videos that the sandbox's vendors of video answer
// with: MP4 clips made beforehand by generate.go, in which a camera moves over a
// drawing of package picture. The prompt does not change them.
//
// There are clips in the sizes and lengths that vendors sell: 16:9 and 9:16; 720p
// and 1080p of 4, 6 and 8 s, and 4K of 8 s; 24 frames a second. A request for
// anything else gets the nearest: first the orientation, then the size, then the
// length.
package video
