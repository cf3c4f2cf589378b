// Package kling speaks the wire format of Kuaishou's Kling image API, the
// legacy standard (/v1/images/…) that image models up to 3.0 use. A submission
// gives a task id, which is polled; results come as URLs. Every submission
// carries an external_task_id of ours, by which the job is found again when the
// answer was lost.
//
// The facts are those of kling.ai/document-api, autumn 2026.
package kling
