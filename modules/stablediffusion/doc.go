// Package stablediffusion makes images with Stability AI's Stable Diffusion and Stable
// Image models.
package stablediffusion
