// Package sandbox is the offline imitation of SiliconFlow's image API
// (docs.siliconflow.cn and .com, autumn 2026): generations, the account that serves
// as probe, and their errors. It uses nothing of the client but Vendor.
package sandbox
