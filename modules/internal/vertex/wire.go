package vertex

// request is the body of predictLongRunning. Names are camelCase: snake_case
// is silently ignored.
type request struct {
	Instances  []instance        `json:"instances"`
	Parameters parameters        `json:"parameters"`
	Labels     map[string]string `json:"labels,omitempty"`
}

// instance is the prompt with its images and video.
type instance struct {
	Prompt          string      `json:"prompt,omitempty"`
	Image           *media      `json:"image,omitempty"`
	LastFrame       *media      `json:"lastFrame,omitempty"`
	ReferenceImages []reference `json:"referenceImages,omitempty"`
	Video           *media      `json:"video,omitempty"`
}

// media is an image or video, inline or an object in a bucket.
type media struct {
	Bytes    string `json:"bytesBase64Encoded,omitempty"`
	GCSURI   string `json:"gcsUri,omitempty"`
	MIMEType string `json:"mimeType"`
}

// reference is an image of a thing or person that the video shows.
type reference struct {
	Image         media  `json:"image"`
	ReferenceType string `json:"referenceType"`
}

// parameters are the options of a request.
type parameters struct {
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
