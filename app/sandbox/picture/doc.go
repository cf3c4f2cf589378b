// Package picture draws flat illustrations from a prompt, without a model and
// without a network: what the sandbox's vendors answer with.
//
// A prompt is read for the few dozen words we can draw (words.go): actors such
// as a fox or a boat, a place, an hour, the weather, and colours, which belong
// to the noun after them. What the prompt leaves open, and everything about a
// prompt we do not understand, is decided by a generator seeded with the prompt
// and the seed, so that equal orders give equal pictures.
//
// Drawing goes from back to front: the sky, a setting (a function a place), the
// actors (figures are data: paths in a box of their own), what stands before
// them, the weather, and a caption that tells our pictures from bought ones. To
// add an actor, draw a figure, list it in cast.go and give it words.
package picture
