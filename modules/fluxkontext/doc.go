// Package fluxkontext edits images with the FLUX.1 Kontext models of Black
// Forest Labs.
package fluxkontext
