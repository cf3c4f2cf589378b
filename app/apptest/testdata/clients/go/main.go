// Command client draws an image through the client that oapi-codegen makes of
// /openapi-3.0.json, at the address in its argument. It prints the image's address.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
)

func main() {
	if err := draw(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func draw(ctx context.Context, server string) error {
	c, err := NewClientWithResponses(server)
	if err != nil {
		return err
	}
	key := "drawn by Go"
	made, err := c.CreateGptImageWithResponse(ctx, &CreateGptImageParams{IdempotencyKey: &key}, OpenaiGenerateInput{Prompt: "a red fox"})
	if err != nil {
		return err
	}
	if made.JSON200 == nil || made.JSON200.Data.Error != nil || len(made.JSON200.Data.Data) != 1 {
		return fmt.Errorf("the image: %s %s", made.Status(), made.Body)
	}
	read, err := c.GetTaskWithResponse(ctx, made.JSON200.Data.TaskId, nil)
	if err != nil {
		return err
	}
	if read.JSON200 == nil || read.JSON200.Data.Status != "succeeded" {
		return fmt.Errorf("the task: %s %s", read.Status(), read.Body)
	}
	refused, err := c.CreateGptImageWithResponse(ctx, nil, OpenaiGenerateInput{})
	if err != nil {
		return err
	}
	if p := refused.ApplicationproblemJSON422; p == nil || p.Errors == nil || (*p.Errors)[0].Location != "body.prompt" {
		return fmt.Errorf("the refusal: %s %s", refused.Status(), refused.Body)
	}
	image := made.JSON200.Data.Data[0]
	_, object, _ := strings.Cut(image.Url, "/api/images/")
	file, err := c.GetFileWithResponse(ctx, object, nil)
	if err != nil {
		return err
	}
	if file.StatusCode() != http.StatusOK || int64(len(file.Body)) != image.Size {
		return fmt.Errorf("the file: %s, %d bytes", file.Status(), len(file.Body))
	}
	fmt.Print(image.Url)
	return nil
}
