// Package flux draws pictures with the FLUX models of Black Forest Labs.
package flux
