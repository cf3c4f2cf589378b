// Package seededit edits images by a text prompt, with ByteDance's models
// (即梦垫图).
package seededit
