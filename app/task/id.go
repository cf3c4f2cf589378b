package task

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// NewID makes a UUIDv7. All of its 74 bits beside the time, the version and the
// variant are random, so that object names built from it cannot be guessed.
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

// ResultID is the id of the asset of a submission's i-th result (from 0). It is
// deterministic, so that storing an answer twice gives the same ids. It carries
// the time of the task's id, and cannot be guessed without the submit id, which is
// random.
func ResultID(taskID, submit string, i int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d", taskID, submit, i))
	u := uuid.UUID(sum[:16])
	if t, err := uuid.Parse(taskID); err == nil {
		copy(u[:6], t[:6])
	}
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	return u.String()
}

// RandomHex returns n random bytes as 2n hex digits. Submit ids, lease owners and
// spool ids are made by it.
func RandomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
