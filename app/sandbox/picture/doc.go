// Package picture draws flat illustrations from a prompt, without a model and
// without a network: the results of the sandbox's image vendors.
//
// [Draw] searches the prompt for a few dozen words (words.go): actors such as a fox
// or a boat, places, times of day, weather, and colours, which apply to the next
// noun. A random generator seeded with prompt and seed chooses everything else, so
// that equal specs give equal pictures.
//
// It draws from back to front: the sky, the setting (one function for each place),
// the actors (figures are data: paths in their own coordinates), the foreground,
// the weather, and a caption that marks the picture as one of the sandbox. To add
// an actor, define a figure, list it in cast.go and add words for it in words.go.
package picture
