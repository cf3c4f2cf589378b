package cli

import (
	"cmp"
	"context"
	"net/http"
	"path/filepath"

	"github.com/spf13/cobra"

	"aigc/app/service"
)

func (c *cli) answerCommand() *cobra.Command {
	var output string
	var del bool
	cmd := &cobra.Command{
		Use: "answer ID", Short: "Download the vendor's answer that is kept because it could not be used", Args: exactlyOne("ID"),
		Long: "Download the vendor's answer to a task, as it was received: it was paid for and could\nnot be used, so it is kept. With --delete it is deleted instead.",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if del {
				return c.withServer(ctx, false, func(s *session) error { return s.deleteAnswer(ctx, args[0]) })
			}
			to, err := newTarget(output, false)
			if err != nil {
				return err
			}
			return c.withServer(ctx, false, func(s *session) error {
				v, err := s.task(ctx, args[0], 0)
				if err != nil {
					return err
				}
				if v.Answer == nil { // the server's error says why
					return s.get(ctx, taskPath(args[0], "answer"), nil)
				}
				from := service.ResultView{URL: v.Answer.URL, AssetID: "the answer", Size: v.Answer.Size, SHA256: v.Answer.SHA256}
				if to.stdout {
					return s.fetch(ctx, from, c.Out)
				}
				file := filepath.Join(to.folder, cmp.Or(to.name+to.ext, filepath.Base(v.Answer.Name)))
				if err := s.download(ctx, from, file); err != nil {
					return err
				}
				c.say("%s, %d bytes", file, v.Answer.Size)
				return nil
			})
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "`file`, folder/ or - (standard output); default: the server's name for it, in this folder")
	cmd.Flags().BoolVar(&del, "delete", false, "delete the answer instead")
	cmd.MarkFlagsMutuallyExclusive("output", "delete")
	return cmd
}

// deleteAnswer deletes the kept answer of a task.
func (c *client) deleteAnswer(ctx context.Context, id string) error {
	res, err := c.send(ctx, http.MethodDelete, taskPath(id, "answer"), nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusNoContent {
		return readProblem(c, res)
	}
	return nil
}
