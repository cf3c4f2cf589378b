// Package tryon holds the input of virtual try-on, which FASHN and Black Forest Labs
// share: an image of a person and an image of a garment.
package tryon
