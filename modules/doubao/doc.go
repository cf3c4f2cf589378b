// Package doubao makes images with ByteDance's Doubao models (豆包): Seedream 5.0
// pro unless another is asked for.
package doubao
