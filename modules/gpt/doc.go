// Package gpt draws and edits pictures with OpenAI's GPT image models.
package gpt
