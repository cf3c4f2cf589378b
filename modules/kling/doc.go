// Package kling makes images with Kuaishou's Kling models.
package kling
