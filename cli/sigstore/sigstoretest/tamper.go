package sigstoretest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
)

// Tamper changes the last byte of the signature in a bundle.
func Tamper(bundle []byte) ([]byte, error) {
	var all struct {
		MediaType    string          `json:"mediaType"`
		Verification json.RawMessage `json:"verificationMaterial"`
		Envelope     struct {
			Payload     string              `json:"payload"`
			PayloadType string              `json:"payloadType"`
			Signatures  []map[string]string `json:"signatures"`
		} `json:"dsseEnvelope"`
	}
	if err := json.Unmarshal(bundle, &all); err != nil {
		return nil, err
	}
	if len(all.Envelope.Signatures) == 0 {
		return nil, errors.New("the bundle has no signature")
	}
	first := all.Envelope.Signatures[0]
	raw, err := base64.StdEncoding.DecodeString(first["sig"])
	if err != nil {
		return nil, err
	}
	raw[len(raw)-1] ^= 1
	first["sig"] = base64.StdEncoding.EncodeToString(raw)
	return json.Marshal(all)
}
