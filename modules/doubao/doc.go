// Package doubao makes images with ByteDance's Doubao models (豆包). The default
// model is Seedream 5.0 pro.
package doubao
