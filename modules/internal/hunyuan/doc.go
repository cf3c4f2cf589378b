// Package hunyuan holds the input of Tencent's Hunyuan image models, which both
// vendor packages read: tencent (Tencent Cloud's API "aiart", with a key pair) and
// tokenhub (TokenHub, with an API key). HunyuanImage 3.0 is served by both, so a
// request for it goes to either; 3.5 preview is served by TokenHub alone.
package hunyuan
