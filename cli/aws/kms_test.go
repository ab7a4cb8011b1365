package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// storyKMS is AWS KMS with one key of ECDSA P-256. moto would not do: it hashes a digest once more.
type storyKMS struct {
	ts     *testscript.TestScript
	region string
	key    *ecdsa.PrivateKey
}

// kms REGION PATH starts a KMS for one region and writes the public key of its key alias/release to PATH.
func startKMS(ts *testscript.TestScript, _ bool, args []string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	k := &storyKMS{ts: ts, region: args[0], key: key}
	server := httptest.NewServer(k)
	ts.Defer(server.Close)
	ts.Setenv("AWS_ENDPOINT_URL_KMS", server.URL)
	ts.Setenv("AWS_ACCESS_KEY_ID", "key")
	ts.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: k.public()})
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o600))
}

func (k *storyKMS) public() []byte {
	der, err := x509.MarshalPKIXPublicKey(k.key.Public())
	k.ts.Check(err)
	return der
}

func (k *storyKMS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var request struct {
		KeyID            string `json:"KeyId"`
		Message          []byte
		MessageType      string
		SigningAlgorithm string
	}
	_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	answer := map[string]any{"KeyId": "alias/release"}
	switch err := json.NewDecoder(r.Body).Decode(&request); {
	case err != nil, request.KeyID != "alias/release",
		!strings.Contains(r.Header.Get("Authorization"), "/"+k.region+"/kms/aws4_request"):
		http.Error(w, `{"__type": "NotFoundException", "message": "no such key in this region"}`, http.StatusBadRequest)
		return
	case action == "GetPublicKey":
		answer["PublicKey"] = k.public()
	case action == "DescribeKey":
		answer["KeyMetadata"] = map[string]any{
			"KeyId": "alias/release", "KeySpec": "ECC_NIST_P256", "CustomerMasterKeySpec": "ECC_NIST_P256",
			"SigningAlgorithms": []string{"ECDSA_SHA_256"}, "CreationDate": time.Now().Unix(),
		}
	case action == "Sign" && request.MessageType == "DIGEST" && request.SigningAlgorithm == "ECDSA_SHA_256":
		signature, err := ecdsa.SignASN1(rand.Reader, k.key, request.Message)
		k.ts.Check(err)
		answer["Signature"] = signature
	default:
		http.Error(w, `{"__type": "InvalidParameterException"}`, http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(answer)
}
