// Package ark speaks the wire format of Volcengine Ark and BytePlus ModelArk
// (docs 82379/1541523 and the like, November 2026): JSON in, addresses of
// images out, in one synchronous call. The addresses live 24 hours.
//
// What a caller may ask for is in modules/internal/seedream, since Jimeng draws
// the same; here is what each model of Ark makes of it. The imitation is in
// sandbox/.
package ark
