// Package kolors makes images with Kuaishou's Kolors (可图) and with the other image
// models that SiliconFlow hosts.
package kolors
