// Package zhipu speaks the image API of Zhipu, which has two sites with separate
// accounts: BigModel in mainland China and Z.ai elsewhere. CogView models answer
// with the result; GLM-Image gives a ticket, which is polled. Results are URLs,
// one image per request.
//
// Sources: docs.bigmodel.cn and docs.z.ai, autumn 2026. The imitation is in
// sandbox/.
package zhipu
