package fault

import "testing"

func TestRenameLocations(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"body.image: is required":                            "image: is required",
		"body.images[0]: too large; body.size.width: odd":    "images[0]: too large; size.width: odd",
		"body: expected object":                              "arguments: expected object",
		"body: cut off; body.n: expected integer":            "arguments: cut off; n: expected integer",
		"body.image: see body.mask: it is another":           "image: see body.mask: it is another",
		"query.limit: expected integer":                      "query.limit: expected integer",
		"The vendor refused the request: body.size: invalid": "The vendor refused the request: body.size: invalid",
		"bodyguard: no":                                      "bodyguard: no",
		"":                                                   "",
	} {
		if got := RenameLocations(in, Argument); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
