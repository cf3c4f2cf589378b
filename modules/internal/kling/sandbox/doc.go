// Package sandbox imitates Kling's image API (kling.ai/document-api, autumn
// 2026): both ways to authenticate, the two endpoints of images up to 3.0, their
// tasks and their errors.
package sandbox
