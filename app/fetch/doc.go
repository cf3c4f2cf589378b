// Package fetch downloads from URLs that others gave us: a caller (an input image) or a
// vendor (a result). All such downloads go through it.
//
// It protects against server-side request forgery. Every address is checked when it is
// dialled, after DNS and again for each redirect, and only public addresses are allowed.
// Exempt are the address ranges of AIGC_FETCH_ALLOW and, for vendors' URLs, the exact
// scheme, host and port of a configured base URL. Sizes and times are limited, there are
// no cookies, and headers are sent only to the host that they are meant for. Errors never
// contain the URL, because URLs of results are signed.
//
// Errors are faults. For a caller's URL the kind is always Invalid, because the caller
// can act on it. For a vendor's URL it is Unavailable if a retry may help, ResultExpired
// if the URL has expired, and InvalidResult if the content is unusable. A GET costs
// nothing, so it is always safe to repeat.
package fetch
