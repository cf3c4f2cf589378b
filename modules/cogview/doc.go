// Package cogview makes images with Zhipu's CogView and GLM-Image models.
package cogview
