package jsonblob_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"aigc/app/jsonblob"
)

func ExampleExtract() {
	image := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("\x89PNG"), 50_000))
	body := strings.NewReader(`{"prompt": "a fox", "b64_json": "` + image + `"}`)

	file, _ := os.CreateTemp("", "")
	defer os.Remove(file.Name())
	var doc bytes.Buffer
	blobs, err := jsonblob.Extract(&doc, body, jsonblob.Options{}, func(int) (io.WriteCloser, error) { return file, nil })
	if err != nil {
		fmt.Println(err) // the data in the sinks must not be used
		return
	}
	var answer struct {
		Prompt  string `json:"prompt"`
		B64JSON string `json:"b64_json"`
	}
	err = json.Unmarshal(doc.Bytes(), &answer)
	fmt.Println(answer.Prompt, answer.B64JSON == blobs[0].Placeholder, blobs[0].Size, err)
	// Output: a fox true 200000 <nil>
}

func ExampleFiles() {
	var files jsonblob.Files
	image := jsonblob.File{
		Prefix: "data:image/png;base64,",
		Size:   4,
		Open:   func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("\x89PNG")), nil },
	}
	body, err := files.Embed(map[string]any{
		"prompt": "a fox",
		"images": []string{files.Add(image), "https://example.com/hen.png"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, _ := body.Reader() // req.GetBody = body.Reader
	defer r.Close()
	text, _ := io.ReadAll(r)
	fmt.Println(string(text))
	fmt.Println(int64(len(text)) == body.Len())
	// Output:
	// {"images":["data:image/png;base64,iVBORw==","https://example.com/hen.png"],"prompt":"a fox"}
	// true
}
