// Package hunyuan makes images with Tencent's Hunyuan models (混元).
package hunyuan
