package sandboxtest

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// afterHeader is where the chunks of a PNG begin that follow its header.
const afterHeader = 33

// AddComment returns a PNG with a comment in its metadata, where imitations find fault
// directives; see [sandbox.ImageDirectives].
func AddComment(png []byte, text string) []byte {
	body := slices.Concat([]byte("tEXtComment\x00"), []byte(text))
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)-len("tEXt")))
	chunk = append(chunk, body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(body))
	return slices.Insert(slices.Clone(png), afterHeader, chunk...)
}
