// Package sandbox imitates Recraft's images API: from text, from an image, and from an
// image and a mask. It reads JSON by field lists, sizes and styles typed from the
// vendor's documentation, and uses nothing of the client but Vendor.
package sandbox
