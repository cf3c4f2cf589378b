// Package media says what a file is, from its bytes alone: names and headers
// of whoever sent it are not believed. It proves that a picture or film is
// whole without decoding it, in constant memory.
package media
