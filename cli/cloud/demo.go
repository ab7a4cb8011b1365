package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/local"
)

// sample is what the demo runs on where no file is given, relative to the checkout.
const sample = "samples/us-stocks-1week.json"

// settleLimit bounds how long the demo waits for one file: longer than three tries of the slowest function.
const settleLimit = 20 * time.Minute

func demoCommand() *cobra.Command {
	var d demo
	c := &cobra.Command{
		Use:   "demo [FILE…]",
		Short: "Run files through the whole pipeline on this machine",
		Long: `demo starts a private local cloud, deploys the Pulumi program into it, uploads each FILE to inputs/<base name>,
in order, each once the one before has settled, writes the results to a folder and stops the cloud.

Without FILE it takes ` + sample + `.

The folder holds every object of the data bucket (s3/), the analyses (table.json), the mails (outbox/), the log lines of
the functions (logs.jsonl), their metrics (metrics.json) and what it all came to (summary.json).

With --stage it runs the release of that stage, under the settings of the stage: exactly the images that
platform/releases/<stage>.json names, from the stage's repositories or from --repo. They must be for this machine.

It fails where a file was dead-lettered, where a function lacked a permission, or where an event found no rule.`,
		Example: "  mejan demo\n  mejan demo bars.json more-bars.json.gz --out results\n" +
			"  mejan demo --stage uat --repo 127.0.0.1:5001/mejan-uat",
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, files []string) error {
			d.files, d.stdout, d.stderr = files, c.OutOrStdout(), c.ErrOrStderr()
			if err := d.check(c); err != nil {
				return command.Misused(c, err)
			}
			return d.run(c.Context())
		},
	}
	c.Flags().StringVar(&d.out, "out", "", "folder for the results (default out/demo in the checkout)")
	c.Flags().BoolVar(&d.json, "json", false, "print the summary as JSON")
	c.Flags().BoolVar(&d.smoke, "smoke", false, "upload as smoke tests: mail for the test receiver only, no metrics")
	c.Flags().StringVar(&d.stage, "stage", "", "run the images of this stage's release (default: built from the checkout)")
	c.Flags().StringVar(&d.repo, "repo", "", "registry and prefix of that stage (default its repositories in ECR)")
	c.Flags().StringVar(&d.addr, "addr", "127.0.0.1:0", "address of the local cloud; port 0 takes a free one")
	return c
}

type demo struct {
	source
	files          []string
	out, addr      string
	json, smoke    bool
	stdout, stderr io.Writer
}

func (d *demo) run(ctx context.Context) (err error) {
	root, err := command.Checkout()
	if err != nil {
		return err
	}
	if err := d.prepare(root); err != nil {
		return err
	}
	p := command.NewProgress(d.stderr)
	cloud, closeAll, err := startCloud(ctx, root, d.source, d.addr, "", p)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := closeAll(); err == nil {
			err = closeErr
		}
	}()
	var files []local.File
	var failed error
	for _, name := range d.files {
		file, err := d.upload(ctx, cloud, name, p)
		files = append(files, file)
		if err != nil {
			failed = err
			break
		}
	}
	// Also after a failure: what there is says why.
	summary := cloud.Summary(files)
	if err := errors.Join(failed, cloud.Export(d.out, summary)); err != nil {
		return err
	}
	if d.json {
		encoder := json.NewEncoder(d.stdout)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(summary); err != nil {
			return fmt.Errorf("write summary: %w", err)
		}
	} else if err := present(d.stdout, summary, d.out); err != nil {
		return err
	}
	return summary.Fault()
}

// prepare fills in the defaults and makes sure that the files are there before anything long begins.
func (d *demo) prepare(root string) error {
	if len(d.files) == 0 {
		d.files = []string{filepath.Join(root, sample)}
	}
	switch d.out {
	case "":
		d.out = filepath.Join(root, "out", "demo")
	case "-":
		return fmt.Errorf("%w: --out is a folder, and - stands for stdout: name a folder", command.ErrUsage)
	}
	if err := local.CheckExport(d.out); err != nil {
		return err
	}
	for _, name := range d.files {
		if err := checkInput(name); err != nil {
			return err
		}
		if err := local.CheckInput(d.out, name); err != nil {
			return fmt.Errorf("%w: %w", command.ErrUsage, err)
		}
	}
	return nil
}

// checkInput makes sure that a file can be read.
func checkInput(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("input file: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("input file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("input file %q: not a file", name)
	}
	return nil
}

// upload puts one file under inputs/ and waits until nothing is in flight.
func (d *demo) upload(ctx context.Context, cloud *local.Cloud, name string, p *command.Progress) (local.File, error) {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	key := pipeline.InputPrefix + path.Base(filepath.ToSlash(name))
	p.Printf("upload %s to s3://%s/%s", name, cloud.Bucket(), key)
	put := cloud.Upload
	if d.smoke {
		put = cloud.SmokeTest
	}
	file, err := put(ctx, name, key)
	if err != nil {
		return file, err
	}
	p.Printf("%s: %s after %.2f s, correlation id %s", key, file.Outcome, file.Seconds, file.CorrelationID)
	return file, nil
}
