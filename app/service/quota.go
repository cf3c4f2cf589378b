package service

import (
	"context"
	"fmt"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// countUploads counts files against the caller's quota of the day. Beyond it the error is
// a fault of kind Throttled, and nothing is counted.
func (s *Service) countUploads(ctx context.Context, c Caller, files, bytes int64) error {
	if files == 0 {
		return nil
	}
	ok, err := s.Ledger.AddUploads(ctx, c.Name, files, bytes, s.UploadQuota)
	if err != nil || ok {
		return err
	}
	now := time.Now().UTC()
	f := fault.New(fault.Throttled, "upload_quota", "This key may store %s a day (UTC), and that is used up. Refer to files that are stored already by their asset ids, or try again tomorrow.",
		describeQuota(s.UploadQuota)).WithCharge(fault.ChargedNo)
	f.RetryAfter = now.Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now).Round(time.Second)
	return f
}

func describeQuota(q task.UploadQuota) string {
	files, size := fmt.Sprintf("%d files", q.Files), fmt.Sprintf("%d MB", q.Bytes/1e6)
	switch {
	case q.Files == 0:
		return size
	case q.Bytes == 0:
		return files
	}
	return files + " and " + size
}

// countImages counts the files that came with a request.
func (s *Service) countImages(ctx context.Context, d *draft) error {
	var files, bytes int64
	for _, p := range d.images {
		if p.file != nil {
			files++
			bytes += p.file.size
		}
	}
	return s.countUploads(ctx, d.Caller, files, bytes)
}

// UploadUse implements [API].
func (s *Service) UploadUse(ctx context.Context) ([]task.UploadUse, error) {
	return s.Ledger.Uploads(ctx)
}
