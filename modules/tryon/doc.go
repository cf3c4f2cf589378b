// Package tryon dresses persons in garments, with FASHN's models and the virtual
// try-on of Black Forest Labs.
package tryon
