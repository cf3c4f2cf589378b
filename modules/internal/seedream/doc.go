// Package seedream holds the inputs of ByteDance's image family: of the
// verticals seedream, seededit and doubao, whichever vendor draws (Volcengine
// Ark, or Jimeng over Volcengine's access keys). A vertical's input becomes a
// [Request], which both vendor packages read.
package seedream
