// Package veo3 makes films with Google's Veo models.
package veo3
