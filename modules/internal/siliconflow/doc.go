// Package siliconflow speaks the wire format of SiliconFlow's image API: one
// endpoint for text to image and for edits, which answers with URLs that live one
// hour. The sites api.siliconflow.cn and api.siliconflow.com have separate accounts
// and catalogues.
//
// Source: docs.siliconflow.cn and docs.siliconflow.com, autumn 2026. The imitation
// is in sandbox/.
package siliconflow
