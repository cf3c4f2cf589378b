// Package jimeng speaks the wire format of Jimeng (即梦) through Volcengine's
// "visual" API (docs 85621/1817045, 2275082, 1756900, 1616429 and 1747301,
// 86081/1804546; November 2026): JSON in, a job that is asked for, addresses of
// images out. The addresses live 24 hours. Requests are signed with a key pair.
//
// What a caller may ask for is in modules/internal/seedream, since Ark draws the
// same; here is what each req_key, which stands for a model, makes of it. The
// imitation is in sandbox/.
package jimeng
