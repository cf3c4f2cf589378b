// Package recraft makes raster and vector images with the V4 and V2 models of Recraft.
package recraft
