// Package hailuo makes images with MiniMax's models (Hailuo, 海螺).
package hailuo
