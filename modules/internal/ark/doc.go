// Package ark speaks the wire format of Volcengine Ark and BytePlus ModelArk
// (docs 82379/1541523 and the like, November 2026): JSON in, addresses of
// pictures out, in one synchronous call. The addresses live 24 hours.
//
// The input, the table of what each model takes and the request are shared by
// the verticals that stand on Ark; a vertical adds its models and its words.
package ark
