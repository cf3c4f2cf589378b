package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"aigc/app/service"
	"aigc/app/task"
)

// localPath returns the path of a result's link below client.base. Links are built
// on the server's AIGC_PUBLIC_URL, which can differ from client.base.
func localPath(link string) (string, error) {
	u, err := url.Parse(link)
	if err != nil {
		return "", fmt.Errorf("the link of the result is not a valid URL: %w", err)
	}
	p := u.EscapedPath()
	i := strings.Index(p, "/api/")
	if i < 0 {
		return "", fmt.Errorf("the link of the result, %s, has no /api/ path", link)
	}
	p = p[i:]
	if u.RawQuery != "" {
		p += "?" + u.RawQuery
	}
	return p, nil
}

// downloadTries is how often a download is tried.
const downloadTries = 3

// download writes a result to a file: it writes and fsyncs a temporary file in the
// same folder and renames it, so that file never has partial content. It follows
// symbolic links.
func (c *client) download(ctx context.Context, r service.ResultView, file string) error {
	file = followLinks(file)
	tmp := filepath.Join(filepath.Dir(file), ".aigc-"+task.RandomHex(6)+".part")
	defer func() { _ = os.Remove(tmp) }()
	var err error
	for try := range downloadTries {
		if try > 0 {
			select {
			case <-ctx.Done():
				return err
			case <-time.After(500 * time.Millisecond):
			}
		}
		var w *os.File
		if w, err = os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o666); err != nil {
			return err
		}
		err = c.fetch(ctx, r, w)
		if err == nil {
			err = w.Sync()
		}
		if err = errors.Join(err, w.Close()); err == nil {
			return os.Rename(tmp, file)
		}
		var refused *problem
		if ctx.Err() != nil || errors.As(err, &refused) && refused.Status < 500 || errors.As(err, new(*unwritten)) {
			break
		}
	}
	return err
}

// maxLinks is how many symbolic links in a row are followed.
const maxLinks = 40

// followLinks returns the file that symbolic links lead to, which need not exist: a
// rename would replace the link itself.
func followLinks(file string) string {
	for range maxLinks {
		to, err := os.Readlink(file)
		if err != nil {
			break // not a link
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(file), to)
		}
		file = to
	}
	return file
}

// fetch copies a result to w and compares its SHA-256 with that of the task.
func (c *client) fetch(ctx context.Context, r service.ResultView, w io.Writer) error {
	path, err := localPath(r.URL)
	if err != nil {
		return err
	}
	res, err := c.send(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return readProblem(c, res)
	}
	sum, out := sha256.New(), &output{w: w}
	n, err := io.Copy(io.MultiWriter(out, sum), res.Body)
	if out.err != nil {
		return &unwritten{out.err}
	}
	if err != nil {
		return newUnreachable(c.base, err)
	}
	if r.SHA256 != "" && hex.EncodeToString(sum.Sum(nil)) != r.SHA256 {
		return fmt.Errorf("the file that the server sent for %s differs from the stored result (%d of %d bytes)", r.AssetID, n, r.Size)
	}
	return nil
}

// output remembers the error of writing, to tell it from one of reading.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil {
		o.err = err
	}
	return n, err
}

// unwritten is the error of a file or a standard output that cannot be written.
type unwritten struct{ err error }

func (e *unwritten) Error() string {
	if errors.Is(e.err, syscall.EPIPE) || errors.Is(e.err, io.ErrClosedPipe) {
		return "the output was closed before all of it was written"
	}
	return fmt.Sprintf("it cannot be written: %v", e.err)
}

func (e *unwritten) Unwrap() error { return e.err }
