// Package jsonblob keeps pictures out of memory when they travel as base64
// inside JSON.
//
// On the way in, [Extract] copies a document and replaces every long base64
// string in it by a short placeholder, while the decoded bytes go to a sink.
// What is left is small and fit for json.Unmarshal:
//
//	blobs, err := jsonblob.Lift(&doc, resp.Body, jsonblob.Options{}, spool)
//	err = json.Unmarshal(doc.Bytes(), &answer)  // answer.Image == blobs[0].Ref
//
// On the way out, [Files] lends a placeholder for each file, and the [Body]
// made of the marshalled request replaces them by the files' base64 while it
// is read:
//
//	var files jsonblob.Files
//	req := request{Prompt: prompt, Image: files.Add(jsonblob.File{Size: in.Size, Open: in.Open})}
//	body, err := files.Embed(req)
//
// In both directions a placeholder is an ordinary string, so wire structs
// keep plain string fields and no field path is configured anywhere. It is
// made of random bits per document, so nobody can write one into a prompt.
//
// Memory is constant: about 200 KB for a Lift, pooled, and 56 KB for a body
// being read, whatever the size of the files.
package jsonblob
