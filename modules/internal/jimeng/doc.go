// Package jimeng speaks the wire format of Jimeng (即梦) through Volcengine's
// "visual" API (docs 85621/1817045, 2275082, 1756900, 1616429 and 1747301,
// 86081/1804546; November 2026): JSON in, a job that is polled, addresses of
// images out. The addresses expire after 24 hours. Requests are signed with a key
// pair.
//
// The inputs are in modules/internal/seedream, since the vendor Ark serves the
// same verticals; this package maps them to each model, which the vendor calls
// req_key. The imitation is in sandbox/.
package jimeng
