package vertex

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"aigc/app/provider"
)

// response is what a finished operation holds: its videos, and what the safety filter
// says. Google's two platforms, their SDKs and gateways in front of them write the same
// values under other names and on other levels.
type response struct {
	videos   []provider.Result
	filtered provider.Int // videos that the filter refused
	reasons  []string
	strange  bool // it holds something else that may be a video
}

// maxLevels is how deep the videos may be nested.
const maxLevels = 5

// read adds what an object or a list holds.
func (r *response) read(raw json.RawMessage, level int) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		for _, element := range list {
			r.readVideo(element, level)
		}
		return
	}
	fields := fieldsOf(raw)
	if fields == nil || level > maxLevels {
		r.readUnknown(raw)
		return
	}
	if video := videoOf(fields); video != (provider.Result{}) {
		r.videos = append(r.videos, video)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) { // in the same order in every poll
		switch value := fields[name]; name {
		case "videos", "generatedsamples", "generatedvideos", "samples", "predictions":
			var elements provider.Items[json.RawMessage]
			_ = provider.Unmarshal(value, &elements)
			for _, element := range elements {
				r.readVideo(element, level+1)
			}
		case "video", "response", "generatevideoresponse", "generatedvideoresponse", "videoresponse", "result", "output", "data":
			r.read(value, level+1)
		case "raimediafilteredcount", "raifilteredcount":
			var n provider.Int
			_ = json.Unmarshal(value, &n) // never an error
			r.filtered += max(0, n)
		case "raimediafilteredreasons", "raimediafilteredreason", "raifilteredreasons", "raifilteredreason":
			var texts provider.Items[provider.Text]
			_ = json.Unmarshal(value, &texts)
			for _, text := range texts {
				if text != "" {
					r.reasons = append(r.reasons, string(text))
				}
			}
		default:
			r.readUnknown(value)
		}
	}
}

// readVideo adds an element of a list of videos. One that is neither a video nor a reason
// is a video of a form that is not known.
func (r *response) readVideo(raw json.RawMessage, level int) {
	videos, reasons := len(r.videos), len(r.reasons)
	var address string
	if json.Unmarshal(raw, &address) == nil && address != "" {
		r.videos = append(r.videos, provider.Result{URL: address})
		return
	}
	r.read(raw, level+1)
	switch {
	case len(r.videos) > videos:
	case len(r.reasons) > reasons:
		r.filtered++
	case !bytes.Equal(raw, []byte("null")):
		r.strange = true
	}
}

// readUnknown notes a value that may hold a video: an address, or much text.
func (r *response) readUnknown(raw json.RawMessage) {
	if len(raw) > 512 || bytes.Contains(raw, []byte("://")) || bytes.Contains(raw, []byte("blob:")) {
		r.strange = true
	}
}

// videoOf is the video that an object describes; zero if it describes none.
func videoOf(fields map[string]json.RawMessage) (v provider.Result) {
	v.URL = firstText(fields, "gcsuri", "uri", "url", "videouri", "videourl", "fileuri", "downloaduri")
	v.Base64 = firstText(fields, "bytesbase64encoded", "encodedvideo", "videobytes", "bytes")
	return v
}

func firstText(fields map[string]json.RawMessage, names ...string) string {
	for _, name := range names {
		var text string
		if json.Unmarshal(fields[name], &text) == nil && text != "" {
			return text
		}
	}
	return ""
}

// fieldsOf are the fields of an object by their names in lower case without underscores;
// nil if it is none.
func fieldsOf(raw json.RawMessage) map[string]json.RawMessage {
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil || object == nil {
		return nil
	}
	fields := map[string]json.RawMessage{}
	for name, value := range object {
		fields[strings.ReplaceAll(strings.ToLower(name), "_", "")] = value
	}
	return fields
}
