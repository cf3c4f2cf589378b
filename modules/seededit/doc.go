// Package seededit changes images as a text says, with ByteDance's models
// (即梦垫图).
package seededit
