// Package stability speaks the wire format of Stability AI's image API (v2beta): a
// multipart form in, the image itself out, in one synchronous call. The families Stable
// Image Ultra, Stable Image Core and Stable Diffusion 3.5 have an endpoint each.
//
// Source: platform.stability.ai/docs/api-reference, November 2026. The imitation is in
// sandbox/.
package stability
