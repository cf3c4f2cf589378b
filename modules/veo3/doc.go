// Package veo3 makes videos with Google's Veo models.
package veo3
