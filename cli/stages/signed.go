package stages

import (
	"context"
	"errors"
	"fmt"

	"github.com/mejan/mejan/cli/signature"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// Signatures says who must have signed the images, and by what this is verified. The zero value asks for no signature.
type Signatures struct {
	Policy   signature.Policy
	Sigstore signature.Sigstore
}

// check verifies the signatures of images in the registry of a stage, all of them in one question. by says who signed
// each image; it is nil if the policy asks for no signature.
func (s Signatures) check(
	ctx context.Context, stage string, all map[pipeline.Function]*images.Stored,
) (by map[pipeline.Function]string, err error) {
	if !s.Policy.Required() {
		return nil, nil
	}
	signed, functions, err := attached(stage, all)
	if err != nil {
		return nil, err
	}
	names, err := s.Policy.Check(ctx, s.Sigstore, signed)
	if err != nil {
		return nil, fmt.Errorf("%w\nsign them by %s: %s", err, s.Policy.Wanted(), s.Policy.HowToSign(stage))
	}
	by = make(map[pipeline.Function]string, len(names))
	for i, function := range functions {
		by[function] = names[i]
	}
	return by, nil
}

// attached lists the images with the bundles that are attached to them, and the function of each.
func attached(
	stage string, all map[pipeline.Function]*images.Stored,
) (list []signature.Image, functions []pipeline.Function, err error) {
	for _, function := range pipeline.Functions() {
		stored := all[function]
		if stored == nil {
			continue
		}
		name := fmt.Sprintf("%s of %s", function, stage)
		bundles, err := stored.Bundles()
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, signature.Image{Name: name, Digest: stored.Digest, Bundles: bundles})
		functions = append(functions, function)
	}
	return list, functions, nil
}

// Verified is what [Verify] found of one image.
type Verified struct {
	Digest string `json:"digest"`
	SBOM   string `json:"sbom"`
	// SignedBy names the key or the identity that the policy asks for; empty if it asks for none.
	SignedBy string `json:"signed_by,omitempty"`
}

// Verify makes sure that a registry has all images of a release, each a plain image with its bill of materials, signed
// as the stage asks.
func Verify(
	ctx context.Context, registry *images.Registry, r *release.Release, signatures Signatures,
) (map[pipeline.Function]Verified, error) {
	all, errFind := verifyAll(ctx, registry, r)
	by, errSigned := signatures.check(ctx, r.Stage, all)
	result := map[pipeline.Function]Verified{}
	for function, stored := range all {
		result[function] = Verified{Digest: stored.Digest, SBOM: r.SBOMs[function], SignedBy: by[function]}
	}
	return result, errors.Join(errFind, errSigned)
}
