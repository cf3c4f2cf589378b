// Package video has the results of the sandbox's video vendors: embedded MP4 clips,
// in which a camera moves over a drawing of package picture. The prompt does not
// change them. generate.go made them with ffmpeg.
//
// The clips are 16:9 and 9:16 with 24 frames per second: 720p and 1080p of 4,
// 6 and 8 s, 4K of 8 s. A request for another size or length gets the nearest clip:
// orientation counts first, then size, then length.
package video
