// Package ark speaks the wire format of Volcengine Ark and BytePlus ModelArk
// (docs 82379/1541523 and the like, November 2026): JSON in, addresses of
// images out, in one synchronous call. The addresses expire after 24 hours.
//
// The inputs are in modules/internal/seedream, since the vendor Jimeng serves the
// same verticals; this package maps them to each model of Ark. The imitation is
// in sandbox/.
package ark
