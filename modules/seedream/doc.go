// Package seedream draws pictures with ByteDance's Seedream models (即梦).
package seedream
