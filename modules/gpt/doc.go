// Package gpt makes and edits images with OpenAI's GPT image models.
package gpt
