// Package sandbox is the offline imitation of MiniMax's image APIs
// (platform.minimax.io, November 2026): image-01 with its errors in base_resp, and
// MiniMax-H3-Image with HTTP statuses, without event streams. It uses nothing of the
// client but Vendor.
package sandbox
