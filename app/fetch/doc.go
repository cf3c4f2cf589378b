// Package fetch is the only way aigc follows a URL that somebody else wrote:
// a caller (an input picture) or a vendor (a result).
//
// A server that fetches what it is told to is a way into the network it
// stands in. So every address is checked when it is dialled, after DNS and on
// every redirect, and only public ones pass; exempt are the ranges of
// AIGC_FETCH_ALLOW and, for vendors' URLs, the exact scheme, host and port of
// a configured base URL. Sizes and times are capped, cookies are unknown,
// headers stay with the host they were given for, and nothing of a URL but
// what went wrong with it is ever told: result URLs are signed.
//
// What fails is a fault. For a caller's URL it is always Invalid, because the
// caller can act on it; for a vendor's URL the kind says whether asking again
// helps (Unavailable), the link is dead (Expired) or the result is of no use
// (Broken). A GET costs nothing, so repeating one is always safe.
package fetch
