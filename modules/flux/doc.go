// Package flux makes images with the FLUX models of Black Forest Labs.
package flux
