// Package local is the cloud on a laptop: AWS-shaped services on one loopback address, the resources that the Pulumi
// program declares, and the functions' own images running under the policies that the program grants.
package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mejan/mejan/local/bus"
	"github.com/mejan/mejan/local/console"
	"github.com/mejan/mejan/local/deploy"
	"github.com/mejan/mejan/local/iam"
	"github.com/mejan/mejan/local/lambda"
	"github.com/mejan/mejan/local/mail"
	"github.com/mejan/mejan/local/metrics"
	"github.com/mejan/mejan/local/model"
	"github.com/mejan/mejan/local/registry"
	"github.com/mejan/mejan/local/s3"
	"github.com/mejan/mejan/local/table"
	"github.com/mejan/mejan/local/wire"
	"github.com/mejan/mejan/platform/settings"
	"github.com/mejan/mejan/platform/stack"
)

// Options of a cloud.
type Options struct {
	// Root is the checkout; Stage names the settings, Pulumi.<stage>.yaml.
	Root, Stage string
	// Listener is where the cloud serves, as [Listen] makes it. The cloud closes it, also where it does not start.
	Listener net.Listener
	// Data is a folder for objects and mails; empty means a temporary one that goes with the cloud.
	Data string
	// Images are what the functions run from.
	Images *Images
	// Watch gets each line that a function logs, as it comes; nil gets nothing.
	Watch func(Entry)
	// Amend may change a resource before it is provisioned; nil changes nothing.
	Amend func(*deploy.Resource)
}

// Cloud is one running cloud. Several may run side by side.
type Cloud struct {
	options   Options
	stage     settings.Stage
	target    deploy.Target
	front     *wire.Front
	model     *model.Model
	logs      *logbook
	tallies   tallies
	server    *http.Server
	served    chan error
	url       string
	resources int
	temporary bool
}

// Start starts a cloud and deploys the Pulumi program into it. Close it.
func Start(ctx context.Context, options Options) (_ *Cloud, err error) {
	c := &Cloud{options: options, url: "http://" + options.Listener.Addr().String(), served: make(chan error, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(err, options.Listener.Close(), c.Close())
		}
	}()
	if c.stage, err = stageSettings(options.Root, options.Stage); err != nil {
		return nil, err
	}
	if err := c.prepareData(); err != nil {
		return nil, err
	}
	if err := c.assemble(ctx); err != nil {
		return nil, err
	}
	// Nobody is served before the program is deployed: a console would read what is still being made.
	if err := c.deploy(); err != nil {
		return nil, err
	}
	c.server = &http.Server{
		Handler: c.front, ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	go func() { c.served <- c.server.Serve(options.Listener) }()
	return c, nil
}

// CheckAddr refuses any address that others could reach: nobody checks a signature here.
func CheckAddr(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("address %q: %w", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("address %q: the local cloud is for loopback addresses only, such as 127.0.0.1:4566", addr)
	}
	return nil
}

// Listen takes a loopback address for a cloud; port 0 takes a free one. It is a step of its own, so that a taken port
// shows before images are built.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	if err := CheckAddr(addr); err != nil {
		return nil, err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %q (taken by another? --addr 127.0.0.1:0 takes a free port): %w", addr, err)
	}
	return listener, nil
}

func (c *Cloud) prepareData() (err error) {
	if c.options.Data == "" {
		c.temporary = true
		if c.options.Data, err = os.MkdirTemp("", "mejan-"); err != nil {
			return fmt.Errorf("make folder for data: %w", err)
		}
	} else if err := CheckData(c.options.Data); err != nil {
		return err
	}
	for _, sub := range []string{"objects", "images"} {
		if err := os.MkdirAll(filepath.Join(c.options.Data, sub), 0o755); err != nil {
			return fmt.Errorf("make folder for data: %w", err)
		}
	}
	return nil
}

// assemble makes the services and connects them.
func (c *Cloud) assemble(ctx context.Context) error {
	outbox, err := mail.New(deploy.Account, c.stage.AWS.Region, filepath.Join(c.options.Data, "outbox"), time.Now)
	if err != nil {
		return err
	}
	if c.logs, err = openLogbook(filepath.Join(c.options.Data, "logs.jsonl")); err != nil {
		return err
	}
	grants := iam.New(deploy.Account)
	c.target = deploy.Target{
		IAM: grants,
		S3: s3.New(s3.Config{
			Dir: filepath.Join(c.options.Data, "objects"), Region: c.stage.AWS.Region, Account: deploy.Account,
			MayList: func(p wire.Principal, bucket string) bool {
				return grants.May(p, "s3:ListBucket", s3.BucketARN(bucket))
			},
		}),
		Table:    table.New(table.Config{Region: c.stage.AWS.Region, Account: deploy.Account}),
		Bus:      bus.New(deploy.Account, c.stage.AWS.Region, time.Now),
		Mail:     outbox,
		Metrics:  metrics.New(deploy.Account, c.stage.AWS.Region),
		Lambda:   lambda.New(lambda.Options{Logs: c.line, Reports: c.report}),
		Region:   c.stage.AWS.Region,
		Registry: c.options.Images.registry.Address(),
		Images:   filepath.Join(c.options.Data, "images"),
		Endpoint: c.url,
		Context:  ctx,
	}
	c.model = model.New(deploy.Account, c.stage.AWS.Region)
	c.front = wire.NewFront(grants, console.New(overview{c}), slog.New(slog.DiscardHandler))
	c.front.Add(c.target.S3, c.target.Table, c.target.Bus, outbox, c.model, iam.STS{Account: deploy.Account},
		lambda.API{Engine: c.target.Lambda}, registry.ECR{
			Account: deploy.Account, Region: c.stage.AWS.Region, Address: c.target.Registry,
			Repositories: c.target.Repositories,
		})
	return nil
}

func (c *Cloud) deploy() (err error) {
	program := stack.Program(c.stage, c.options.Images.release)
	c.resources, err = deploy.Run(program, c.stage.Name, &c.target, c.options.Amend)
	if err != nil {
		return fmt.Errorf("deploy: %w", err)
	}
	return nil
}

// stageSettings reads the settings of a stage from the checkout.
func stageSettings(root, stage string) (settings.Stage, error) {
	return settings.LocalFromFile(filepath.Join(root, "Pulumi."+stage+".yaml"), stage)
}

// URL is the address of every service, and of the console.
func (c *Cloud) URL() string { return c.url }

// Region is the region that the cloud plays: that of its stage.
func (c *Cloud) Region() string { return c.stage.AWS.Region }

// Bucket is the bucket that takes the inputs.
func (c *Cloud) Bucket() string { return c.target.InputBucket() }

// Data is the folder that objects and mails lie in.
func (c *Cloud) Data() string { return c.options.Data }

// Resources is how many resources the program declared.
func (c *Cloud) Resources() int { return c.resources }

// Model answers in place of Bedrock; tests change its mood.
func (c *Cloud) Model() *model.Model { return c.model }

// Faults makes calls to the services fail.
func (c *Cloud) Faults() *wire.Faults { return c.front.Faults() }

// function is the contract's name of a deployed function: ingestor for mejan-dev-ingestor.
func (c *Cloud) function(deployed string) string {
	return strings.TrimPrefix(deployed, c.stage.Named(""))
}

// Close stops the functions and the services and removes temporary data.
func (c *Cloud) Close() error {
	var errs []error
	if c.target.Lambda != nil {
		c.target.Lambda.Close()
	}
	if c.server != nil {
		errs = append(errs, c.server.Close())
		if err := <-c.served; !errors.Is(err, http.ErrServerClosed) {
			errs = append(errs, fmt.Errorf("serve: %w", err))
		}
	}
	if c.logs != nil {
		errs = append(errs, c.logs.close())
	}
	if c.temporary {
		errs = append(errs, os.RemoveAll(c.options.Data))
	}
	return errors.Join(errs...)
}
