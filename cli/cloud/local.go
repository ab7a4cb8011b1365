package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/local"
	"github.com/mejan/mejan/platform/release"
)

func localCommand() *cobra.Command {
	var addr, data string
	var from source
	c := &cobra.Command{
		Use:   "local",
		Short: "Run the local cloud until stopped, for the AWS CLI and SDKs, with a console in the browser",
		Long: `local starts the same cloud as demo does and keeps it running until it is interrupted, with exit code 130.
The AWS CLI and SDKs reach it through AWS_ENDPOINT_URL; a browser at the same address shows its console. Any access key
is the administrator's.`,
		Example: "  mejan local\n  aws --endpoint-url http://127.0.0.1:4566 s3 cp bars.json s3://mejan-dev-data/inputs/",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := from.check(c); err != nil {
				return command.Misused(c, err)
			}
			root, err := command.Checkout()
			if err != nil {
				return err
			}
			p := command.NewProgress(c.ErrOrStderr())
			cloud, closeAll, err := startCloud(c.Context(), root, from, addr, data, p)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), welcome, cloud.URL(), cloud.Bucket(), cloud.Data())
			<-c.Context().Done()
			p.Printf("stopping")
			return cmp.Or(closeAll(), context.Cause(c.Context()))
		},
	}
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:4566", "address to listen on; loopback only")
	c.Flags().StringVar(&from.settings, "settings", release.Order()[0], "stage whose settings and names the cloud has")
	c.Flags().StringVar(&data, "data", "", "folder for objects and mails (default a temporary one, removed at the end)")
	return c
}

const welcome = `
The local cloud is up. Console: %[1]s

  export AWS_ENDPOINT_URL=%[1]s AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1
  aws s3 cp samples/us-stocks-1week.json s3://%[2]s/inputs/

Objects and mails lie in %[3]s. Ctrl-C stops it.

`

// startCloud gets the images, starts a cloud and shows what happens in it. What can be wrong with the address and the
// folder is found before the build, which may take minutes. closeAll ends everything.
func startCloud(ctx context.Context, root string, from source, addr, data string, p *command.Progress) (
	_ *local.Cloud, closeAll func() error, err error,
) {
	if err := local.CheckAddr(addr); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", command.ErrUsage, err)
	}
	if data != "" {
		if err := local.CheckData(data); err != nil {
			return nil, nil, err
		}
	}
	listener, err := local.Listen(ctx, addr)
	if err != nil {
		return nil, nil, err
	}
	images, err := from.images(ctx, root, p)
	if err != nil {
		return nil, nil, errors.Join(err, listener.Close())
	}
	done := p.Step("deploy the Pulumi program, stage " + from.stageName())
	cloud, err := local.Start(ctx, local.Options{
		Root: root, Stage: from.stageName(), Listener: listener, Data: data, Images: images,
		Watch: func(e local.Entry) { show(p, e) },
	})
	if err != nil {
		done("")
		return nil, nil, errors.Join(err, images.Close())
	}
	done(fmt.Sprintf("%d resources at %s", cloud.Resources(), cloud.URL()))
	return cloud, func() error { return errors.Join(cloud.Close(), images.Close()) }, nil
}

// untold are fields that a person who follows a file along has no use for; logs.jsonl has them all.
var untold = []string{
	"attempt", "bucket", "etag", "html_bytes", "key", "message_id", "run_id", "sequence_number",
}

// show prints a line of a function as it happens.
func show(p *command.Progress, e local.Entry) {
	if e.Message == "" {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "  %-9s %s", e.Function, e.Message)
	for _, field := range e.Fields {
		if !slices.Contains(untold, field.Name) {
			fmt.Fprintf(&b, "  %s=%s", field.Name, field.Value)
		}
	}
	p.Printf("%s", b.String())
}
