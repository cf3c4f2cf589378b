// Package recraft speaks the wire format of Recraft's images API (its OpenAPI of
// August 2026, docs of November 2026): JSON in, addresses of images out, in one
// synchronous call. The addresses expire after about a day. Images come from text
// (/images/generations), from an image (/images/imageToImage) or from an image and a
// mask (/images/inpaint); the answers have one shape.
//
// Both modules share the input. The imitation is in sandbox/.
package recraft
