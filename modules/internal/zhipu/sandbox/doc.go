// Package sandbox is the offline imitation of Zhipu's image API (docs.bigmodel.cn,
// autumn 2026). It reads requests by the field lists of the documentation and uses
// nothing of the client but Vendor.
package sandbox
