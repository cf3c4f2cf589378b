// Package tencent speaks the wire format of Tencent Cloud's image API "aiart" (version
// 2022-12-29, docs 1668/124632; November 2026): HunyuanImage 3.0 as a job that is polled.
// Every answer has HTTP status 200, also an error. Requests carry a TC3 signature made
// with a key pair. The URLs of results expire after 1 hour.
//
// The older API of the host hunyuan.tencentcloudapi.com ended on 2026-09-30 and is not
// implemented. The input is in modules/internal/hunyuan, since TokenHub serves the same
// model. The imitation is in sandbox/.
package tencent
