package vertex

// Request is the body of predictLongRunning. Names are camelCase: snake_case
// is silently ignored.
type Request struct {
	Instances  []Instance        `json:"instances"`
	Parameters Parameters        `json:"parameters"`
	Labels     map[string]string `json:"labels,omitempty"`
}

// Instance says what to draw, and from what.
type Instance struct {
	Prompt          string      `json:"prompt,omitempty"`
	Image           *Media      `json:"image,omitempty"`
	LastFrame       *Media      `json:"lastFrame,omitempty"`
	ReferenceImages []Reference `json:"referenceImages,omitempty"`
	Video           *Media      `json:"video,omitempty"`
}

// Media is a picture or clip, inline.
type Media struct {
	Bytes    string `json:"bytesBase64Encoded,omitempty"`
	GCSURI   string `json:"gcsUri,omitempty"`
	MIMEType string `json:"mimeType"`
}

// Reference is a picture of a thing or person that shall appear.
type Reference struct {
	Image         Media  `json:"image"`
	ReferenceType string `json:"referenceType"`
}

// Parameters say how.
type Parameters struct {
	DurationSeconds    int    `json:"durationSeconds,omitempty"`
	AspectRatio        string `json:"aspectRatio,omitempty"`
	Resolution         string `json:"resolution,omitempty"`
	SampleCount        int    `json:"sampleCount,omitempty"`
	GenerateAudio      *bool  `json:"generateAudio,omitempty"`
	NegativePrompt     string `json:"negativePrompt,omitempty"`
	PersonGeneration   string `json:"personGeneration,omitempty"`
	Seed               *int64 `json:"seed,omitempty"`
	StorageURI         string `json:"storageUri,omitempty"`
	EnhancePrompt      *bool  `json:"enhancePrompt,omitempty"`
	CompressionQuality string `json:"compressionQuality,omitempty"`
	ResizeMode         string `json:"resizeMode,omitempty"`
}
