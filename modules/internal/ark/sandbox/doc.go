// Package sandbox is the offline imitation of Volcengine Ark and BytePlus
// ModelArk. It reads requests by field lists typed from the vendor's pages
// (docs 82379/1541523, November 2026), and uses nothing of the client but Vendor.
package sandbox
