package sigstoretest

import (
	"context"
	"crypto"
	"io"
	"net/http"
	"time"

	"github.com/cyberphone/json-canonicalization/go/src/webpki.org/jsoncanonicalizer"
	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	rekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	tiles "github.com/sigstore/rekor-tiles/v2/pkg/generated/protobuf"
	rekornote "github.com/sigstore/rekor-tiles/v2/pkg/note"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"google.golang.org/protobuf/encoding/protojson"
)

// addEntry puts a signature into a log that has nothing else, and proves it by a signed checkpoint.
func (s *Server) addEntry(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s.check(err)
	var request tiles.CreateEntryRequest
	if err := protojson.Unmarshal(body, &request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	asked := request.GetHashedRekordRequestV002()
	entry, err := protojson.Marshal(&tiles.Entry{
		ApiVersion: "0.0.2", Kind: "hashedrekord",
		Spec: &tiles.Spec{Spec: &tiles.Spec_HashedRekordV002{HashedRekordV002: &tiles.HashedRekordLogEntryV002{
			Data:      &common.HashOutput{Algorithm: common.HashAlgorithm_SHA2_256, Digest: asked.GetDigest()},
			Signature: asked.GetSignature(),
		}}},
	})
	s.check(err)
	leaf, err := jsoncanonicalizer.Transform(entry)
	s.check(err)
	hash := rfc6962.DefaultHasher.HashLeaf(leaf)
	answer, err := protojson.Marshal(&rekor.TransparencyLogEntry{
		LogId: &common.LogId{KeyId: s.logID}, KindVersion: &rekor.KindVersion{Kind: "hashedrekord", Version: "0.0.2"},
		IntegratedTime: time.Now().Unix(), CanonicalizedBody: leaf,
		InclusionProof: &rekor.InclusionProof{
			TreeSize: 1, RootHash: hash, Checkpoint: &rekor.Checkpoint{Envelope: s.checkpoint(hash)},
		},
	})
	s.check(err)
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(answer)
}

// checkpoint is the signed statement that the log has one leaf, of this hash.
func (s *Server) checkpoint(hash []byte) string {
	signer, err := signature.LoadECDSASignerVerifier(s.logKey, crypto.SHA256)
	s.check(err)
	noteSigner, err := rekornote.NewNoteSigner(context.Background(), logHost, signer)
	s.check(err)
	text := log.Checkpoint{Origin: logHost, Size: 1, Hash: hash}.Marshal()
	signed, err := note.Sign(&note.Note{Text: string(text)}, noteSigner)
	s.check(err)
	return string(signed)
}
