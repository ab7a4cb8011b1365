package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/mejan/mejan/tools/bench/generate"
	"github.com/mejan/mejan/tools/bench/measure"
)

const (
	// functionRate is the least that the ingestor takes in, in MB of input a second of its CPU time.
	functionRate = 250
	// functionPeak bounds its memory, in bytes.
	functionPeak = 48 << 20
	// functionTime bounds one file.
	functionTime = 10 * time.Minute
)

// tls measures the ingestor as it is deployed: it gets a file from S3 over TLS, checks it, uploads both outputs and
// announces them. Only its own CPU time counts; Lambda, S3 and EventBridge are this process.
func (b *bench) tls(ctx context.Context) error {
	sizes, err := parseSizes(b.sizes)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mejan-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ingestor := filepath.Join(dir, "ingestor")
	folder := filepath.Join(b.root, "functions", "ingestor")
	if err := compile(ctx, folder, ".", ingestor, runtime.GOOS, runtime.GOARCH); err != nil {
		return err
	}
	columns := tabwriter.NewWriter(b.out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(columns, "\nIngestor over TLS\tCPU s\tin kernel\tMB/s\twanted\t\tpeak MiB\twanted\t\t\n")
	for _, size := range sizes {
		of, err := makeBatch(b.dir, size)
		if err != nil {
			return err
		}
		var cost measure.Cost
		for range b.repeat {
			once, err := b.invoke(ctx, ingestor, dir, of.spaced)
			if err != nil {
				return err
			}
			cost = cost.Best(once)
		}
		rate := line{cost: cost, bytes: of.spaced.Bytes}.rate()
		fmt.Fprintf(columns, "%s\t%.2f\t%.2f\t%.0f\t≥ %d\t%s\t%.1f\t< %.0f\t%s\t\n", size, cost.CPU().Seconds(),
			cost.System.Seconds(), rate, functionRate, verdict(rate >= functionRate),
			mebibytes(cost.Peak), mebibytes(functionPeak), verdict(cost.Peak < functionPeak))
	}
	return columns.Flush()
}

// invoke starts the ingestor, hands it the event about one file and returns what it has used by its next request for
// work.
func (b *bench) invoke(ctx context.Context, ingestor, dir string, file generate.File) (measure.Cost, error) {
	var cost measure.Cost
	trusted := filepath.Join(dir, "authority.pem")
	certificate, err := issue(trusted)
	if err != nil {
		return cost, err
	}
	s3, err := openBucket(ctx, file.Path, certificate)
	if err != nil {
		return cost, err
	}
	defer s3.close()
	lambda, err := listen(ctx)
	if err != nil {
		return cost, err
	}
	defer lambda.server.Close()
	if lambda.event, err = notification(file); err != nil {
		return cost, err
	}
	f, err := lambda.begin(ctx, functionTime, []string{
		"AWS_ENDPOINT_URL=https://" + s3.address, "AWS_CA_BUNDLE=" + trusted,
		"GOMAXPROCS=2", // what a function of 512 MB sees, whatever its share of their time
	}, "taskset", "-c", b.meter.Cores, ingestor)
	if err != nil {
		return cost, err
	}
	defer f.stop()
	for _, step := range []func() error{f.asks, f.answers, f.asks} {
		if err := step(); err != nil {
			return cost, err
		}
	}
	if cost, err = measure.Used(f.cmd.Process.Pid); err != nil {
		return cost, err
	}
	select {
	case detail := <-s3.announced:
		return cost, sameEvent(detail, file.Rows)
	default:
		f.stop()
		return cost, fmt.Errorf("the ingestor announced nothing:\n%s", f.said.String())
	}
}

// notification is S3's event about the file.
func notification(file generate.File) ([]byte, error) {
	type object = map[string]any
	return json.Marshal(object{"Records": []object{{
		"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "awsRegion": "us-east-1",
		"eventTime": time.Now().UTC().Format(time.RFC3339),
		"s3": object{
			"bucket": object{"name": "bench"},
			"object": object{"key": "inputs/bars.json", "size": file.Bytes, "eTag": inputETag},
		},
	}}})
}

// sameEvent compares what the ingestor announced with what was generated.
func sameEvent(detail string, want generate.Rows) error {
	var got struct {
		Raw     int64 `json:"raw_count"`
		Valid   int64 `json:"valid_count"`
		Invalid int64 `json:"invalid_count"`
	}
	if err := json.Unmarshal([]byte(detail), &got); err != nil {
		return fmt.Errorf("read event %q: %w", detail, err)
	}
	if generate.Rows(got) != want {
		return fmt.Errorf("the ingestor counted otherwise than the generator: %s, want %+v", detail, want)
	}
	return nil
}
