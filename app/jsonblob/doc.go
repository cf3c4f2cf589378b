// Package jsonblob moves files between JSON and streams in constant memory, where JSON
// carries them as base64 strings.
//
// Inbound, [Extract] copies a document and replaces every long base64 string in it by a
// short placeholder; the decoded bytes go to a sink. The copy is small enough for
// json.Unmarshal:
//
//	blobs, err := jsonblob.Extract(&doc, resp.Body, jsonblob.Options{}, sink)
//	err = json.Unmarshal(doc.Bytes(), &answer)  // answer.Image == blobs[0].Placeholder
//
// In a caller's request, Options.IsFile says by the operation's schema which fields are
// files, so that text stays text. In a vendor's answer, whose fields are not known, the
// string itself decides. One [Decoder] reads both, and [Decode] what is too short to be
// extracted.
//
// Outbound, [Files.Add] returns a placeholder for a file. The [Body] made of the
// marshalled request replaces the placeholders by the base64 of the files while it is
// read:
//
//	var files jsonblob.Files
//	req := request{Prompt: prompt, Image: files.Add(jsonblob.File{Size: in.Size, Open: in.Open})}
//	body, err := files.Embed(req)
//
// A placeholder is an ordinary string, so the structs of requests and answers have plain
// string fields, and no paths of fields have to be configured. Placeholders contain
// random bits that are new for each document, so a prompt cannot contain one.
//
// Memory does not grow with the files: Extract uses about 200 KB, from a pool, and a
// body that is being read 56 KB.
package jsonblob
