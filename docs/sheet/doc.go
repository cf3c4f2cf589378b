// Command sheet draws docs/sheet.jpg, the image of the README: one result of each module,
// made by the offline sandbox and labelled with the module's name. It needs ffmpeg for a
// frame of the video.
//
//	go run ./docs/sheet            in the root of the repository
//	go run ./docs/sheet -o x.jpg
package main
