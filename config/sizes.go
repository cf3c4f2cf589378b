package config

import (
	"errors"
	"strconv"
	"strings"

	"aigc/app/task"
)

// Size is a number of bytes, written as 32MB or 1.5GB. MB and GB are powers of 1000, MiB
// and GiB of 1024.
type Size int64

var sizeUnits = []struct {
	name  string
	bytes float64
}{{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}, {"b", 1}, {"", 1}}

var errSize = errors.New("is not a size such as 32MB or 1GB")

// Decode implements envconfig.Decoder.
func (s *Size) Decode(text string) error {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, u := range sizeUnits {
		number, found := strings.CutSuffix(text, u.name)
		if !found {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(n >= 0 && n*u.bytes < 1<<60) {
			return errSize
		}
		*s = Size(n * u.bytes)
		return nil
	}
	return errSize
}

// Quota is what a key may store a day: files:bytes, such as 1000:5GB. 0 is no limit, of
// one part or of both.
type Quota task.UploadQuota

// Decode implements envconfig.Decoder.
func (q *Quota) Decode(text string) error {
	bad := errors.New("is not files:bytes such as 1000:5GB, or 0 for no limit")
	if strings.TrimSpace(text) == "0" {
		*q = Quota{}
		return nil
	}
	files, size, found := strings.Cut(text, ":")
	n, err := strconv.ParseInt(strings.TrimSpace(files), 10, 64)
	var bytes Size
	if !found || err != nil || n < 0 || bytes.Decode(size) != nil {
		return bad
	}
	*q = Quota{Files: n, Bytes: int64(bytes)}
	return nil
}
