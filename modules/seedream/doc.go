// Package seedream makes images with ByteDance's Seedream models (即梦).
package seedream
