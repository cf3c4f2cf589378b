package sandbox

import (
	"fmt"
	"strings"

	"aigc/app/provider"
	"aigc/app/sandbox"
)

func number(name string, least, most float64) sandbox.Field {
	return sandbox.Field{Name: name, Kind: sandbox.Integer, Min: least, Max: most}
}

// The fields of each action.
var (
	submitFields = []sandbox.Field{
		{Name: "Prompt", Kind: sandbox.Text, Required: true, MaxLen: 8192},
		{Name: "Images", Kind: sandbox.List, MaxLen: 3, Item: &sandbox.Field{Kind: sandbox.Image}},
		{Name: "Resolution", Kind: sandbox.Text},
		number("Seed", 1, 4294967295),
		number("LogoAdd", 0, 0), // any other number than 0 is 1
		{Name: "LogoParam", Kind: sandbox.Object, Fields: []sandbox.Field{
			{Name: "LogoUrl", Kind: sandbox.Text},
			{Name: "LogoImage", Kind: sandbox.Image},
			{Name: "LogoRect", Kind: sandbox.Object, Fields: []sandbox.Field{
				number("X", 0, 1e6), number("Y", 0, 1e6), number("Width", 1, 1e6), number("Height", 1, 1e6),
			}},
		}},
		number("Revise", 0, 1),
	}
	queryFields = []sandbox.Field{{Name: "JobId", Kind: sandbox.Text, Required: true}}
)

// maxBody is the most bytes of a request's body, maxImage the most characters of an
// image as base64.
const maxBody, maxImage = 10 << 20, 6 << 20

// apiError is an error of the vendor.
type apiError struct{ code, message string }

// problem is what is wrong with a submission; nil if it is valid.
func problem(b sandbox.Body, size int) *apiError {
	bad := b.Problems(submitFields, "")
	if p, ok := sandbox.Find(bad, sandbox.Missing); ok {
		return &apiError{"MissingParameter", p.Field + " " + p.Text}
	}
	if len(bad) > 0 {
		return &apiError{"InvalidParameterValue.ParameterValueError", bad[0].Field + " " + bad[0].Text}
	}
	if size > maxBody {
		return &apiError{"FailedOperation.RequestEntityTooLarge", "The request is larger than 10 MB."}
	}
	if logo := b.Object("LogoParam"); logo != nil && logo.Has("LogoUrl") == logo.Has("LogoImage") {
		return &apiError{"InvalidParameterValue.LogoParamErr", "LogoParam needs LogoUrl or LogoImage."}
	}
	if _, _, ok := sides(b); !ok {
		return &apiError{"InvalidParameterValue.ParameterValueError", "Resolution must be WIDTH:HEIGHT, each 512 to 2048, at most 1024*1024 pixels."}
	}
	for _, text := range b.Texts("Images") {
		p, inline := sandbox.ReadPicture(text)
		switch {
		case !inline: // a URL
		case strings.HasPrefix(text, "data:"):
			return &apiError{"FailedOperation.ImageDecodeFailed", "An image is no base64."}
		case len(text) >= maxImage:
			return &apiError{"FailedOperation.ImageSizeExceed", "An image has 6 MB or more as base64."}
		case min(p.Width, p.Height) < 50 || max(p.Width, p.Height) > 5000:
			return &apiError{"FailedOperation.ImageResolutionExceed", "The sides of an image must be from 50 to 5000."}
		}
	}
	return nil
}

// sides parses the resolution.
func sides(b sandbox.Body) (w, h int, ok bool) {
	text := b.Or("Resolution", "1024:1024")
	if n, err := fmt.Sscanf(text, "%d:%d", &w, &h); n != 2 || err != nil || text != fmt.Sprintf("%d:%d", w, h) {
		return 0, 0, false
	}
	return w, h, provider.SizeRule{MinSide: 512, MaxSide: 2048, MaxPixels: 1024 * 1024}.Check(w, h) == ""
}
