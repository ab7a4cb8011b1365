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

// Signed is what [Sign] did for one image.
type Signed struct {
	Digest string `json:"digest"`
	// By names the key or the identity that signed.
	By string `json:"signed_by"`
	// Added says whether the signature is new.
	Added bool `json:"added"`
}

// Sign signs the images of a release in a registry. An image that has a valid signature by the same key or identity
// keeps it, so that Sign may be repeated.
func Sign(
	ctx context.Context, registry *images.Registry, r *release.Release, sigstore signature.Sigstore, order signature.Order,
	progress images.Progress,
) (map[pipeline.Function]Signed, error) {
	all, errFind := verifyAll(ctx, registry, r)
	list, functions, errRead := attached(r.Stage, all)
	if err := errors.Join(errFind, errRead); err != nil {
		return nil, fmt.Errorf("nothing was signed:\n%w", err)
	}
	order.Images = list
	signed, err := sigstore.Sign(ctx, order)
	if err != nil {
		return nil, fmt.Errorf("nothing was signed: %w", err)
	}
	result := map[pipeline.Function]Signed{}
	for i, function := range functions {
		if bundle := signed[i].Bundle; bundle != nil {
			done := step(progress, "sign "+string(function))
			if err := registry.AddBundle(ctx, function, all[function], bundle); err != nil {
				done("")
				return nil, fmt.Errorf("attach the signature of the %s; the same command goes on from here: %w", function, err)
			}
			done(signed[i].By)
		}
		result[function] = Signed{Digest: all[function].Digest, By: signed[i].By, Added: signed[i].Bundle != nil}
	}
	return result, nil
}
