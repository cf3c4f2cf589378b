// Package seedream holds the inputs of ByteDance's image models: of the verticals
// seedream, seededit and doubao, for both vendors (Volcengine Ark, and Jimeng
// over Volcengine's access keys). A vertical's input becomes a [Request], which
// both vendor packages read.
package seedream
