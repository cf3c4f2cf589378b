// Package strictjson finds what encoding/json changes without an error: bytes that are not
// UTF-8 and halves of surrogate pairs, which it replaces by U+FFFD, and keys that an object
// has twice, of which it keeps the last. A request with one of them would be bought with
// another text than the caller's.
package strictjson
