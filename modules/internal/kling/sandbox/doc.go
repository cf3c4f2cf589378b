// Package sandbox is the offline imitation of Kling's image API
// (kling.ai/document-api, autumn 2026): both ways to authenticate, the two
// endpoints of images up to 3.0, their tasks and their errors. It uses nothing of
// the client but Vendor.
package sandbox
