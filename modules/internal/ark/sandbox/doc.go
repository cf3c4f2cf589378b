// Package sandbox is the offline imitation of Volcengine Ark and BytePlus
// ModelArk. It reads requests by field lists typed from the vendor's pages
// (82379/1541523, November 2026), and shares nothing with the client but the
// vendor's name and addresses.
package sandbox
