package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

// The longest that a promotion may take: of three new images, and of three that are there already.
const (
	promoteNew   = 5 * time.Second
	promoteThere = 2 * time.Second
)

// promote measures a promotion of this checkout's own images between two registries on loopback, in time that passed:
// much of it goes into requests and git. crane copies the same images; it neither verifies, nor brings what is attached
// to them, nor commits.
func (b *bench) promote(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "mejan-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p := promotion{bench: b, root: filepath.Join(dir, "mejan"), source: newRegistry()}
	defer p.source.Close()
	if err := p.prepare(ctx); err != nil {
		return err
	}
	for range b.repeat {
		if err := p.turn(ctx); err != nil {
			return err
		}
	}
	columns := tabwriter.NewWriter(b.out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(columns, "\nPromotion of three images\ts\twanted\t\tcrane copy s\tof crane\t\n")
	for _, row := range []struct {
		name        string
		ours, crane time.Duration
		most        time.Duration
	}{
		{"new ones", p.ours[0], p.crane[0], promoteNew},
		{"there already", p.ours[1], p.crane[1], promoteThere},
	} {
		fmt.Fprintf(columns, "%s\t%.2f\t≤ %.0f\t%s\t%.2f\t%.2f×\t\n", row.name, row.ours.Seconds(), row.most.Seconds(),
			verdict(row.ours <= row.most), row.crane.Seconds(), row.ours.Seconds()/row.crane.Seconds())
	}
	return columns.Flush()
}

// promotion is what turns share.
type promotion struct {
	*bench

	// root is a clone whose HEAD has the release of dev, base.
	root, base string
	source     *httptest.Server
	// images are the digests by function.
	images map[string]string
	// ours and crane are the fastest runs: with new images, and with those that are there.
	ours, crane [2]time.Duration
}

// newRegistry starts an empty registry in this process.
func newRegistry() *httptest.Server {
	silent := registry.Logger(log.New(io.Discard, "", 0))
	return httptest.NewServer(registry.New(silent, registry.WithReferrersSupport(true)))
}

func repo(server *httptest.Server, stage string) string {
	return strings.TrimPrefix(server.URL, "http://") + "/mejan-" + stage
}

// prepare builds the programs, and the release that is promoted.
func (p *promotion) prepare(ctx context.Context) error {
	tools := filepath.Join(p.bench.root, "tools")
	for _, build := range []struct {
		dir, name, path string
	}{
		{p.bench.root, "mejan", "./cli"},
		{p.bench.root, "mejan-aws", "./cli/aws"},
		{tools, "crane", "github.com/google/go-containerregistry/cmd/crane"},
	} {
		if err := p.build(ctx, build.dir, "go", "build", "-o", p.program(build.name), build.path); err != nil {
			return err
		}
	}
	fmt.Fprintln(p.out, "\nThe images are built with ko, which takes minutes the first time.")
	for _, line := range [][]string{
		{"git", "clone", "--quiet", "--shared", p.bench.root, p.root},
		{"git", "-C", p.root, "config", "user.name", "bench"},
		{"git", "-C", p.root, "config", "user.email", "bench@example.com"},
		{"git", "-C", p.root, "switch", "--quiet", "-C", "bench"},
		{p.program("mejan"), "images", "--stage", "dev", "--repo", repo(p.source, "dev")},
		{"git", "-C", p.root, "add", "platform/releases"},
		{"git", "-C", p.root, "commit", "--quiet", "-m", "release(dev)"},
	} {
		if _, err := p.timed(ctx, line...); err != nil {
			return err
		}
	}
	data, err := os.ReadFile(filepath.Join(p.root, "platform", "releases", "dev.json"))
	if err != nil {
		return err
	}
	var release struct {
		Images map[string]string `json:"images"`
	}
	if err := json.Unmarshal(data, &release); err != nil {
		return err
	}
	p.images = release.Images
	head, err := exec.CommandContext(ctx, "git", "-C", p.root, "rev-parse", "HEAD").Output()
	p.base = strings.TrimSpace(string(head))
	return err
}

// turn runs both programs against registries of their own, twice each.
func (p *promotion) turn(ctx context.Context) error {
	ours, theirs := newRegistry(), newRegistry()
	defer ours.Close()
	defer theirs.Close()
	if _, err := p.timed(ctx, "git", "-C", p.root, "reset", "--quiet", "--hard", p.base); err != nil {
		return err
	}
	for again := range 2 {
		took, err := p.timed(ctx, p.program("mejan"), "promote", "dev", "uat",
			"--from-repo", repo(p.source, "dev"), "--to-repo", repo(ours, "uat"))
		if err != nil {
			return err
		}
		p.ours[again] = fastest(p.ours[again], took)
		var copies time.Duration
		for function, digest := range p.images {
			took, err := p.timed(ctx, p.program("crane"), "copy",
				repo(p.source, "dev")+"/"+function+"@"+digest, repo(theirs, "uat")+"/"+function+":release")
			if err != nil {
				return err
			}
			copies += took
		}
		p.crane[again] = fastest(p.crane[again], copies)
	}
	return nil
}

// fastest is the lesser of two times; 0 stands for none.
func fastest(a, b time.Duration) time.Duration {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// timed runs a program, in the clone once there is one, and returns the time that passed.
func (p *promotion) timed(ctx context.Context, line ...string) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	if _, err := os.Stat(p.root); err == nil {
		cmd.Dir = p.root
	}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	begun := time.Now()
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("%s: %w\n%s", strings.Join(line, " "), err, &said)
	}
	return time.Since(begun), nil
}
