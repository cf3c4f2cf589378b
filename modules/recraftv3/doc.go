// Package recraftv3 makes raster and vector images with the V3 models of Recraft.
package recraftv3
