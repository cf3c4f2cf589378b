package jsonblob

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	neturl "net/url"
	"strings"
	"testing"
	"testing/iotest"

	"aigc/app/fault"
)

// memorySink keeps blobs in memory and counts how often each is closed.
type memorySink struct {
	blobs  []*bytes.Buffer
	closed []int
}

func (s *memorySink) open(n int) (io.WriteCloser, error) {
	if n != len(s.blobs) {
		return nil, fmt.Errorf("blob %d comes after %d", n, len(s.blobs))
	}
	s.blobs, s.closed = append(s.blobs, &bytes.Buffer{}), append(s.closed, 0)
	return memoryBlob{s, n}, nil
}

type memoryBlob struct {
	s *memorySink
	n int
}

func (c memoryBlob) Write(p []byte) (int, error) { return c.s.blobs[c.n].Write(p) }
func (c memoryBlob) Close() error                { c.s.closed[c.n]++; return nil }

var readers = map[string]func(io.Reader) io.Reader{
	"whole":      func(r io.Reader) io.Reader { return r },
	"one byte":   iotest.OneByteReader,
	"half":       iotest.HalfReader,
	"late error": iotest.DataErrReader,
}

func escaped(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, `\u%04X`, c)
	}
	return b.String()
}

func TestExtract(t *testing.T) {
	t.Parallel()
	image := []byte("\xff\xfe\xfbimage bytes that are long enough to be extracted\x00?>~~")
	std := base64.StdEncoding.EncodeToString(image)
	url := base64.URLEncoding.EncodeToString(image)
	long := strings.Repeat("word ", 30)
	lines := std[:40] + `\r\n` + std[40:] + `\n`
	one := []Blob{{Placeholder: "@0", Size: int64(len(image))}}
	png := []Blob{{Placeholder: "@0", Size: int64(len(image)), MIME: "image/png"}}

	cases := map[string]struct {
		in, want string
		blobs    []Blob
	}{
		"nothing to extract":   {`{"a":[1,true,null,"x"],"b":{}}`, `{"a":[1,true,null,"x"],"b":{}}`, nil},
		"value":                {`{"b64":"` + std + `","n":1}`, `{"b64":"@0","n":1}`, one},
		"spaces":               {"\n{ \"b64\" :\t\"" + std + "\" }\n", "\n{ \"b64\" :\t\"@0\" }\n", one},
		"top level":            {`"` + std + `"`, `"@0"`, one},
		"element":              {`{"a":["x","` + std + `"]}`, `{"a":["x","@0"]}`, one},
		"after an object":      {`[{"a":{"b":1}},"` + std + `"]`, `[{"a":{"b":1}},"@0"]`, one},
		"key":                  {`{"` + std + `":"x"}`, `{"` + std + `":"x"}`, nil},
		"second key":           {`{"a":[],"` + std + `":["` + std + `"]}`, `{"a":[],"` + std + `":["@0"]}`, one},
		"url-safe":             {`["` + url + `"]`, `["@0"]`, one},
		"both alphabets":       {`["` + std[:8] + url[8:] + `"]`, `["@0"]`, one},
		"no padding":           {`["` + strings.TrimRight(std, "=") + `"]`, `["@0"]`, one},
		"escaped slashes":      {`["` + strings.ReplaceAll(std, "/", `\/`) + `"]`, `["@0"]`, one},
		"escaped throughout":   {`["` + escaped(std) + `"]`, `["@0"]`, one},
		"lines":                {`["` + lines + `"]`, `["@0"]`, one},
		"leading line break":   {`["\n` + std + `"]`, `["@0"]`, one},
		"data URL":             {`["data:image/png;base64,` + std + `"]`, `["@0"]`, png},
		"data URL, capitals":   {`["DATA:Image/PNG;charset=x;Base64,` + url + `"]`, `["@0"]`, png},
		"data URL, escaped":    {`["` + escaped("data:image/png;base64,"+std) + `"]`, `["@0"]`, png},
		"data URL, slash":      {`["data:image\/png;base64,` + std + `"]`, `["@0"]`, png},
		"data URL, no type":    {`["data:;base64,` + std + `"]`, `["@0"]`, one},
		"data URL, space":      {`["data:image/png; base64 , ` + std + ` "]`, `["@0"]`, png},
		"data URL, two commas": {`["data:image/png;name=a,b.png;base64,` + std + `"]`, `["@0"]`, png},
		"data URL, twice":      {`["data:image/png;base64,data:;base64,` + std + `"]`, `["@0"]`, png},
		"data URL of text":     {`["data:text/plain,` + std + `"]`, `["data:text/plain,` + std + `"]`, nil},
		"data URL, percent":    {`["data:image/png;base64,` + neturl.QueryEscape(std) + `"]`, `["@0"]`, png},
		"data URL, no base64":  {`["data:image/png,` + neturl.PathEscape(string(image)) + `"]`, `["@0"]`, png},
		"mark before it":       {"\ufeff" + `["` + std + `"]`, `["@0"]`, one},
		"white space":          {`[" \t` + std[:60] + ` \t` + std[60:] + ` "]`, `["@0"]`, one},
		"data URL, unfinished": {`["data:` + std + `"]`, `["data:` + std + `"]`, nil},
		"prompt":               {`["` + long + `"]`, `["` + long + `"]`, nil},
		"list of words":        {`["` + strings.ReplaceAll(long, " ", `\n`) + `"]`, `["` + strings.ReplaceAll(long, " ", `\n`) + `"]`, nil},
		"escapes in text":      {`["` + long + `\"\\","\\\\\"",1]`, `["` + long + `\"\\","\\\\\"",1]`, nil},
		"surrogates":           {`["\ud83d\ude00` + long + `\ud83d\ude00","x"]`, `["\ud83d\ude00` + long + `\ud83d\ude00","x"]`, nil},
		"chinese":              {`["` + strings.Repeat("漂亮", 20) + `"]`, `["` + strings.Repeat("漂亮", 20) + `"]`, nil},
		"two":                  {`{"a":"` + std + `","b":"` + std + `"}`, `{"a":"@0","b":"@1"}`, []Blob{one[0], {Placeholder: "@1", Size: one[0].Size}}},
		"at the threshold":     {`["` + std[:32] + `"]`, `["` + std[:32] + `"]`, nil},
		"padding inside":       {`["AAAA==AA` + std + `"]`, `["AAAA==AA` + std + `"]`, nil},
	}
	for name, c := range cases {
		for reader, wrap := range readers {
			t.Run(name+"/"+reader, func(t *testing.T) {
				t.Parallel()
				var doc bytes.Buffer
				var s memorySink
				blobs, err := Extract(&doc, wrap(strings.NewReader(c.in)), Options{Threshold: 32, Prefix: "@"}, s.open)
				if err != nil {
					t.Fatal(err)
				}
				if doc.String() != c.want {
					t.Errorf("document\n got %s\nwant %s", doc.String(), c.want)
				}
				if fmt.Sprint(blobs) != fmt.Sprint(c.blobs) {
					t.Errorf("blobs\n got %+v\nwant %+v", blobs, c.blobs)
				}
				for i, b := range s.blobs {
					if !bytes.Equal(b.Bytes(), image) {
						t.Errorf("blob %d is %q", i, b)
					}
					if s.closed[i] != 1 {
						t.Errorf("blob %d was closed %d times", i, s.closed[i])
					}
				}
				if !json.Valid(doc.Bytes()) {
					t.Error("the copied document is not valid JSON")
				}
			})
		}
	}
}

// A string just longer than the threshold is extracted and a shorter one is not,
// wherever a read ends.
func TestExtractThreshold(t *testing.T) {
	t.Parallel()
	for _, threshold := range []int{DefaultThreshold, headBytes} {
		for _, more := range []int{-4, 0, 4, 4096} {
			text := strings.Repeat("QUJD", (threshold+more)/4)
			doc := `{"a":"` + text + `"}`
			for cut := threshold - 8; cut < min(threshold+16, len(doc)); cut++ {
				var out bytes.Buffer
				s := &memorySink{}
				in := io.MultiReader(strings.NewReader(doc[:cut]), strings.NewReader(doc[cut:]))
				blobs, err := Extract(&out, in, Options{Threshold: threshold}, s.open)
				if err != nil || len(blobs) == 1 != (more > 0) {
					t.Fatalf("%d bytes with a threshold of %d, cut at %d: %d blobs, %v", len(text), threshold, cut, len(blobs), err)
				}
			}
		}
	}
}

func TestExtractCorrupt(t *testing.T) {
	t.Parallel()
	good := strings.Repeat("QUJD", 300) // longer than headChars
	cases := map[string]struct {
		in   string
		size int64
	}{
		"bad character":     {good + "!QUJD", 900},
		"bad in a quantum":  {good + "QU!DQUJD", 901},
		"not ascii":         {good + "ÄQUJD", 900},
		"escaped quote":     {good + `\"QUJD`, 900},
		"null":              {good + `\u0000QUJD`, 900},
		"text after pad":    {good + "QQ==QUJD", 901},
		"single character":  {good + "Q", 900},
		"bad data URL":      {"data:image/png;base64,QU.D" + good, 1},
		"data URL of words": {"data:image/png;base64,not, base64 at all " + good, 2},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var doc bytes.Buffer
			var s memorySink
			blobs, err := Extract(&doc, strings.NewReader(`["`+c.in+`","x"]`), Options{Threshold: 32, Prefix: "@"}, s.open)
			if err != nil {
				t.Fatal(err)
			}
			if len(blobs) != 1 || !blobs[0].Corrupt || blobs[0].Size != c.size || int64(s.blobs[0].Len()) != c.size {
				t.Errorf("got %+v with %d bytes, want corrupt and %d", blobs, s.blobs[0].Len(), c.size)
			}
			if doc.String() != `["@0","x"]` {
				t.Errorf("the document is cut off after the blob: %s", doc.String())
			}
		})
	}
}

func TestExtractErrors(t *testing.T) {
	t.Parallel()
	b64 := strings.Repeat("QUJD", 100)
	broken := errors.New("connection reset")
	full := fault.New(fault.StorageFull, "", "full")
	cases := map[string]struct {
		in   io.Reader
		o    Options
		sink Sink
		is   error
		kind fault.Kind
	}{
		"empty":              {in: strings.NewReader(""), is: ErrTruncated},
		"only space":         {in: strings.NewReader(" \n"), is: ErrTruncated},
		"open object":        {in: strings.NewReader(`{"a":1`), is: ErrTruncated},
		"open blob":          {in: strings.NewReader(`["` + b64), is: ErrTruncated},
		"open escape":        {in: strings.NewReader(`["` + b64 + `\u00`), is: ErrTruncated},
		"open text":          {in: strings.NewReader(`["so long ` + b64), is: ErrTruncated},
		"short body":         {in: io.MultiReader(strings.NewReader(`{"a"`), iotest.ErrReader(io.ErrUnexpectedEOF)), is: ErrTruncated},
		"short body, cause":  {in: io.MultiReader(strings.NewReader(`{"a"`), iotest.ErrReader(io.ErrUnexpectedEOF)), is: io.ErrUnexpectedEOF},
		"reader":             {in: io.MultiReader(strings.NewReader(`["`+b64), iotest.ErrReader(broken)), is: broken},
		"reader without end": {in: emptyReader{}, is: io.ErrNoProgress},
		"document":           {in: strings.NewReader(`["so long ` + b64 + `"]`), o: Options{MaxDoc: 100}, kind: fault.TooLarge},
		"blob":               {in: strings.NewReader(`["` + b64 + `"]`), o: Options{MaxBlob: 299}, kind: fault.TooLarge},
		"deep":               {in: strings.NewReader(strings.Repeat("[", 10_001)), kind: fault.Invalid},
		"own placeholder":    {in: strings.NewReader(`["@0"]`), kind: fault.Invalid},
		"escaped one":        {in: strings.NewReader(`["\u00400"]`), kind: fault.Invalid},
		"long one":           {in: strings.NewReader(`["@` + b64 + `"]`), kind: fault.Invalid},
		"key":                {in: strings.NewReader(`{"@":1}`), kind: fault.Invalid},
		"UTF-16":             {in: strings.NewReader("\xff\xfe{\x00}\x00"), kind: fault.Invalid},
		"UTF-16, big":        {in: strings.NewReader("\x00{\x00}"), kind: fault.Invalid},
		"UTF-16, no mark":    {in: strings.NewReader("{\x00}\x00"), kind: fault.Invalid},
		"only a mark":        {in: strings.NewReader("\ufeff"), is: ErrTruncated},
		"bad prefix":         {in: strings.NewReader(`[]`), o: Options{Prefix: `"`}, kind: fault.Internal},
		"sink cannot open":   {in: strings.NewReader(`["` + b64 + `"]`), sink: func(int) (io.WriteCloser, error) { return nil, full }, kind: fault.StorageFull},
		"sink cannot write":  {in: strings.NewReader(`["` + b64 + `"]`), sink: func(int) (io.WriteCloser, error) { return failingBlob{write: full}, nil }, kind: fault.StorageFull},
		"sink cannot close":  {in: strings.NewReader(`["` + b64 + `"]`), sink: func(int) (io.WriteCloser, error) { return failingBlob{shut: full}, nil }, kind: fault.StorageFull},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.o.Prefix == "" {
				c.o.Prefix = "@"
			}
			c.o.Threshold = 32
			var s memorySink
			if c.sink == nil {
				c.sink = s.open
			}
			_, err := Extract(io.Discard, c.in, c.o, c.sink)
			if c.is != nil && !errors.Is(err, c.is) || c.is == nil && fault.KindOf(err) != c.kind {
				t.Errorf("got %v (%s)", err, fault.KindOf(err))
			}
			for i, n := range s.closed {
				if n != 1 {
					t.Errorf("blob %d was closed %d times", i, n)
				}
			}
		})
	}
}

type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) { return 0, nil }

type failingBlob struct{ write, shut error }

func (s failingBlob) Write(p []byte) (int, error) { return len(p), s.write }
func (s failingBlob) Close() error                { return s.shut }
