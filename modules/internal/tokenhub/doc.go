// Package tokenhub speaks the wire format of Tencent's TokenHub for its Hunyuan image
// models (docs 1823/135745, errors 1823/131595; November 2026): JSON in, the URL of one
// image out, within one request. The URLs expire after 12 hours. HunyuanImage 3.0 is
// asked with a prompt, 3.5 preview with messages as in a chat.
//
// A model has to be switched to pay-as-you-go in the console before its first use. The
// input is in modules/internal/hunyuan, since Tencent Cloud's own API serves 3.0, too.
// The imitation is in sandbox/.
package tokenhub
