// Package contentcoding removes the content codings of HTTP response bodies: gzip,
// deflate (with and without zlib's header), br and zstd, also several of them.
//
// Our requests accept none ("Accept-Encoding: identity"), but some servers and proxies
// compress anyway, leave the header Content-Encoding out, or leave it in after they have
// decompressed the body. So the bytes decide where they can: a body that starts like gzip
// or zstd is decoded without a header, and one that is not in the coding of its header is
// taken as it is.
package contentcoding
