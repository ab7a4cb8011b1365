package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mejan/mejan/cli/smoke"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/local"
)

// A row that was refused and that the rules take by now becomes a run of its own, with an analysis and a mail under the
// correlation id of the first. The second time nothing happens, nor where the same batch arrives under another name.
func TestReplayThroughThePipeline(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute) // the first build of the images compiles ko
	defer cancel()
	cloud := startCloud(ctx, t)
	store := objects.New(cloud.AWS())
	read := func(key string) string {
		t.Helper()
		object, err := store.Open(ctx, objects.Ref{Bucket: cloud.Bucket(), Key: key})
		if err != nil {
			t.Fatal(err)
		}
		defer object.Body.Close()
		body, err := io.ReadAll(object.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	upload := func(key, content string, want local.Outcome) local.File {
		t.Helper()
		path := filepath.Join(t.TempDir(), "input.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := cloud.Upload(ctx, path, key)
		if err != nil || file.Outcome != want {
			t.Fatalf("%+v, %v; want %s", file, err, want)
		}
		return file
	}
	replay := func(rejects string) counts {
		t.Helper()
		var stdout bytes.Buffer
		code := run(ctx, []string{"replay", "s3://" + cloud.Bucket() + "/" + rejects, "--json"}, &stdout, t.Output())
		var said counts
		if err := json.Unmarshal(stdout.Bytes(), &said); err != nil || code != 0 {
			t.Fatalf("exit %d, %v: %s", code, err, stdout.String())
		}
		if err := cloud.Settle(ctx); err != nil {
			t.Fatal(err)
		}
		return said
	}

	first := upload("inputs/bars.json", bars, local.Analysed)
	// As if that day had come since.
	rejects := objects.Ref{Bucket: cloud.Bucket(), Key: first.RejectsKey}
	come := strings.ReplaceAll(read(first.RejectsKey), "2099-12-31", "2018-02-08")
	if err := store.Put(ctx, rejects, []byte(come)); err != nil {
		t.Fatal(err)
	}
	said := replay(first.RejectsKey)
	if want := pipeline.ReplayKey(first.RejectsKey, "2"); said.Passed != 1 || said.Still != 1 || !said.Put || said.Key != want {
		t.Fatalf("replay: %+v, want one row in %q", said, want)
	}
	batch := read(said.Key)
	second := upload("inputs/again.json", batch, local.Duplicate)
	if second.RunID == first.RunID || second.CorrelationID != first.CorrelationID ||
		second.Rows != (pipeline.Rows{Raw: 1, Valid: 1}) {
		t.Errorf("run of the replay: %+v, the first: %+v", second, first)
	}
	if rows := read(second.ProcessedKey); strings.Count(rows, "\n") != 1 || !strings.Contains(rows, `"close":155.15000`) {
		t.Errorf("rows of the replay: %s", rows)
	}

	if said := replay(first.RejectsKey); said.Put || said.Passed != 1 {
		t.Errorf("second replay: %+v, want nothing put", said)
	}
	summary := cloud.Summary([]local.File{first, second})
	if err := summary.Fault(); err != nil {
		t.Error(err)
	}
	out := t.TempDir()
	if err := cloud.Export(out, summary); err != nil {
		t.Fatal(err)
	}
	if mails, err := filepath.Glob(filepath.Join(out, "outbox", "*.eml")); err != nil || len(mails) != 2 {
		t.Errorf("mails: %v, %v; want one of each run", mails, err)
	}
}

// bars has a good row, one that has not come, and one that is wrong for ever.
const bars = `{"AAPL": {"meta": {"symbol": "AAPL", "interval": "1day", "currency": "USD", "exchange_timezone": "America/New_York"},
 "values": [
  {"datetime": "2099-12-31", "open": "160.29", "high": "161.00", "low": "155.03", "close": "155.15000", "volume": "54390516"},
  {"datetime": "2018-02-07", "open": "163.08500", "high": "163.40", "low": "159.06", "close": "159.54", "volume": "51608580"},
  {"datetime": "2018-02-06", "open": "154.83", "high": "150.00", "low": "149.00", "close": "163.03", "volume": "68243838"}
 ], "status": "ok"}}`

// startCloud starts a cloud, and has AWS stand for it.
func startCloud(ctx context.Context, t *testing.T) *local.Cloud {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	progress := func(what string) func(string) {
		t.Logf("%s …", what)
		return func(result string) { t.Logf("%s: %s", what, result) }
	}
	images, err := local.BuildImages(ctx, root, "dev", progress)
	if err != nil {
		t.Fatal(err)
	}
	return serve(ctx, t, root, "dev", images)
}

// serve starts a cloud with images of a stage, and has AWS stand for it.
func serve(ctx context.Context, t *testing.T, root, stage string, images *local.Images) *local.Cloud {
	t.Helper()
	t.Cleanup(func() {
		if err := images.Close(); err != nil {
			t.Error(err)
		}
	})
	listener, err := local.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cloud, err := local.Start(ctx, local.Options{Root: root, Stage: stage, Listener: listener, Images: images})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cloud.Close(); err != nil {
			t.Error(err)
		}
	})
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": cloud.URL(), "AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": "", "AWS_SHARED_CREDENTIALS_FILE": "",
		"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
	} {
		t.Setenv(name, value)
	}
	return cloud
}

// A smoke test of a stage ends with the mail to the test receiver; a stage without its functions is told by the last
// step.
func TestSmoke(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute) // the first build of the images compiles ko
	defer cancel()
	startCloud(ctx, t)
	var stdout bytes.Buffer
	if code := run(ctx, []string{"smoke", "dev", "--json"}, &stdout, t.Output()); code != 0 {
		t.Fatalf("exit %d: %s", code, stdout.String())
	}
	var steps []smoke.Reached
	if err := json.Unmarshal(stdout.Bytes(), &steps); err != nil || len(steps) != 5 || steps[4].Step != smoke.Mailed {
		t.Errorf("steps: %s, %v", stdout.String(), err)
	}
	for _, args := range [][]string{{"smoke"}, {"smoke", "nowhere"}, {"smoke", "dev", "bars.csv"}, {"smoke", "dev", "--timeout", "0s"}} {
		if code := run(ctx, args, io.Discard, t.Output()); code != 2 {
			t.Errorf("%q: exit %d, want 2", args, code)
		}
	}
	var stderr bytes.Buffer
	if code := run(ctx, []string{"smoke", "dev", "--bucket", "nowhere"}, io.Discard, &stderr); code != 1 {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
}
