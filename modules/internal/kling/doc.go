// Package kling speaks the wire format of Kuaishou's Kling image API, the
// legacy standard (/v1/images/…) that image models up to 3.0 use. A submission
// returns a task id, which is polled; results are URLs. Every submission has an
// external_task_id of ours, by which a look-up finds the job if the answer was
// lost.
//
// Source: kling.ai/document-api, autumn 2026. The imitation is in sandbox/.
package kling
