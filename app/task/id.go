package task

import (
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/google/uuid"
)

// NewID makes a UUIDv7 whose 74 bits beside the time are all random, so that
// the names built from it cannot be guessed.
func NewID(now time.Time) string {
	var u uuid.UUID
	_, _ = rand.Read(u[:]) // never fails since Go 1.24
	ms := uint64(now.UnixMilli())
	for i := range 6 {
		u[i] = byte(ms >> (8 * (5 - i)))
	}
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	return u.String()
}

// Token makes n random bytes in hex: submit ids, lease owners, spool ids.
func Token(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
