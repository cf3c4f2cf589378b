// Package sandbox is the offline imitation of Tencent's TokenHub for its Hunyuan image
// models. It reads requests by field lists typed from the vendor's pages (docs
// 1823/135745 and 1823/131595, November 2026) and uses nothing of the client but Vendor.
package sandbox
