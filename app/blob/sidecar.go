package blob

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Sidecar is the JSON object that is stored beside an asset's object, as NAME.json.
// It has everything that is needed to rebuild the asset's ledger row from the
// store alone.
type Sidecar struct {
	TaskID          string          `json:"task_id,omitempty"`
	AssetID         string          `json:"asset_id"`
	Role            string          `json:"role,omitempty"` // of a file that is no result: upload or input
	Owner           string          `json:"owner"`
	Index           int             `json:"index"`
	Module          string          `json:"module,omitempty"`
	Operation       string          `json:"operation,omitempty"`
	Model           string          `json:"model,omitempty"`
	Vendor          string          `json:"vendor,omitempty"`
	VendorID        string          `json:"vendor_id,omitempty"`
	Prompt          string          `json:"prompt,omitempty"`
	RevisedPrompt   string          `json:"revised_prompt,omitempty"`
	Parameters      json.RawMessage `json:"parameters,omitempty"`
	Seed            *int64          `json:"seed,omitempty"`
	Cost            *float64        `json:"cost,omitempty"`
	Currency        string          `json:"currency,omitempty"`
	Charged         string          `json:"charged,omitempty"`
	Sandbox         bool            `json:"sandbox,omitempty"`
	MIMEType        string          `json:"mime_type"`
	Width           int             `json:"width"`
	Height          int             `json:"height"`
	DurationSeconds float64         `json:"duration_seconds,omitempty"`
	Size            int64           `json:"size"`
	SHA256          string          `json:"sha256"`
	CreatedAt       time.Time       `json:"created_at"`
	StoredAt        time.Time       `json:"stored_at"`
}

const sidecarExt = ".json"

// SidecarName returns the name of an object's sidecar.
func SidecarName(object string) string { return object + sidecarExt }

func isSidecar(name string) bool { return strings.HasSuffix(name, sidecarExt) }

// Encode returns the sidecar as it is stored: JSON.
func (s *Sidecar) Encode() ([]byte, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("blob: sidecar: %w", err)
	}
	return data, nil
}

// DecodeSidecar parses a stored sidecar.
func DecodeSidecar(data []byte) (*Sidecar, error) {
	var s Sidecar
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("blob: sidecar: %w", err)
	}
	return &s, nil
}
