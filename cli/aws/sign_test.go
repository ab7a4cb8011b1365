package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mejan/mejan/cli/signature"
	"github.com/mejan/mejan/cli/sigstore"
	"github.com/mejan/mejan/cli/sigstore/sigstoretest"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// keypair PATH writes a new key to PATH.key and PATH.pub.
func makeKeys(ts *testscript.TestScript, _ bool, args []string) {
	private, public := sigstoretest.KeyPair(of(ts).t)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".key"), private, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".pub"), public, 0o600))
}

// policy STAGE [SETTING=VALUE...] gives a stage the settings mejan:signature…, and no others of them, and commits all
// that changed in the clone.
func setPolicy(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs("Pulumi." + args[0] + ".yaml")
	data, err := os.ReadFile(path)
	ts.Check(err)
	var kept bytes.Buffer
	for line := range strings.Lines(string(data)) {
		if !strings.Contains(line, "mejan:signature") {
			kept.WriteString(line)
		}
	}
	for _, setting := range args[1:] {
		key, value, _ := strings.Cut(setting, "=")
		kept.WriteString("  mejan:" + key + ": " + strconv.Quote(value) + "\n")
	}
	ts.Check(os.WriteFile(path, kept.Bytes(), 0o600))
	gitOutput(ts, "add", "--all", ".")
	gitOutput(ts, "commit", "-qm", "policy of "+args[0], "--allow-empty")
}

// forge STAGE REPO KEY HOW attaches a signature by a key to each image of a release that is not what it seems. HOW is
// tampered, whose last byte was changed; or moved, which was made for another image.
func forge(ts *testscript.TestScript, _ bool, args []string) {
	forEachImage(ts, args[0], args[1], func(function pipeline.Function, registry *images.Registry, stored *images.Stored) {
		digest := stored.Digest
		if args[3] == "moved" {
			digest = exampleImage(ts, "another", "{}").Digest
		}
		signed, err := sigstore.Sigstore{}.Sign(of(ts).t.Context(), signature.Order{
			Key: ts.MkAbs(args[2]), Images: []signature.Image{{Digest: digest}},
		})
		ts.Check(err)
		bundle := signed[0].Bundle
		if args[3] == "tampered" {
			bundle, err = sigstoretest.Tamper(bundle)
			ts.Check(err)
		}
		ts.Check(registry.AddBundle(of(ts).t.Context(), function, stored, bundle))
	})
}

// bundles STAGE REPO COUNT expects that each image of a release has so many signatures in a registry.
func countBundles(ts *testscript.TestScript, _ bool, args []string) {
	forEachImage(ts, args[0], args[1], func(function pipeline.Function, _ *images.Registry, stored *images.Stored) {
		bundles, err := stored.Bundles()
		ts.Check(err)
		if got := strconv.Itoa(len(bundles)); got != args[2] {
			ts.Fatalf("image of %s has %s signatures, want %s", function, got, args[2])
		}
	})
}

func forEachImage(
	ts *testscript.TestScript, stage, repo string, do func(pipeline.Function, *images.Registry, *images.Stored),
) {
	r, err := release.Read(releases(ts), stage)
	ts.Check(err)
	registry := openRegistry(ts, repo)
	for _, function := range pipeline.Functions() {
		stored, err := registry.Find(of(ts).t.Context(), function, r.Images[function])
		ts.Check(err)
		do(function, registry, stored)
	}
}

// sigstore starts a Sigstore on loopback, writes its trusted root to $WORK/root.json and its signing configuration to
// $WORK/services.json, and says where GitHub gives tokens. ACTIONS_ID_TOKEN_REQUEST_TOKEN is `<subject> <issuer>`.
func startSigstore(ts *testscript.TestScript, _ bool, _ []string) {
	server := sigstoretest.New(of(ts).t)
	work := ts.Getenv("WORK")
	ts.Check(os.WriteFile(filepath.Join(work, "root.json"), server.Root(), 0o600))
	ts.Check(os.WriteFile(filepath.Join(work, "services.json"), server.Services(), 0o600))
	ts.Setenv("ACTIONS_ID_TOKEN_REQUEST_URL", server.URL+"/token?api-version=2.0")
}
