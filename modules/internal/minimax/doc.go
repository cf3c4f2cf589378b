// Package minimax speaks the wire formats of MiniMax's two image APIs
// (platform.minimax.io, November 2026), both JSON and synchronous:
//
//   - /v1/image_generation of image-01 and image-01-live. Errors come with HTTP
//     status 200; base_resp.status_code tells them apart.
//   - /v1/images/generations and /v1/images/edits of MiniMax-H3-Image, with the HTTP
//     statuses and bodies of OpenAI's API. The server may hold a call for 10
//     minutes, and charges it even if the client disconnects.
//
// Neither is idempotent, and there is no look-up of a lost answer. The imitation is
// in sandbox/.
package minimax
