package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/cli/files/filestest"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

const (
	bucket     = "b"
	rejectsKey = "rejects/2018/02/01/20180201T120000Z-0123456789ab.jsonl"
	replayKey  = "inputs/replay/20180201T120000Z-0123456789ab-rules2.json"
	register   = `{"schema":1,"state":"done","run_id":"20180201T120000Z-0123456789ab","correlation_id":"upload/42"}`
)

// refused is a line of a row that was refused when it was of the future.
func refused(day, close string) string {
	return `{"run_id":"20180201T120000Z-0123456789ab","source":{"bucket":"b","key":"inputs/x.json","etag":"0123456789abcdef","size":1},` +
		`"pointer":"/AAPL/values/0","offset":9,"symbol":"AAPL","series":{"symbol":"AAPL","interval":"1day"},"datetime":"` + day +
		`","raw":"{\"datetime\":\"` + day + `\",\"open\":\"160\",\"high\":\"163\",\"low\":\"159\",\"close\":\"` + close + `\"}",` +
		`"reasons":[{"code":"FUTURE_BAR","field":"datetime","detail":"had not come"}],"rules":"1"}` + "\n"
}

// What passes is put once, under the correlation id of the run that refused it. A second replay has no effect and says
// so, also where other rows pass by now; and where nothing passes there is nothing to put.
func TestReplayOnce(t *testing.T) {
	world := pipelinetest.NewObjects(t, nil)
	world.Seed(objects.Ref{Bucket: bucket, Key: rejectsKey}, []byte(refused("2018-02-07", "161.50")+refused("2018-02-06", "200")), nil)
	world.Seed(objects.Ref{Bucket: bucket, Key: pipeline.MarkerKey("0123456789abcdef")}, []byte(register), nil)
	replay := func(change func(*replaying)) (*replaying, string) {
		t.Helper()
		var out bytes.Buffer
		r := &replaying{store: world, stdout: &out, stderr: t.Output()}
		if change != nil {
			change(r)
		}
		if err := r.aim("s3://" + bucket + "/" + rejectsKey); err != nil {
			t.Fatal(err)
		}
		if err := r.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		return r, out.String()
	}
	has := func(out string, want ...string) {
		t.Helper()
		for _, text := range want {
			if !strings.Contains(out, text) {
				t.Errorf("%q is missing in:\n%s", text, out)
			}
		}
	}

	_, out := replay(func(r *replaying) { r.dryRun = true })
	has(out, "2 lines, 2 rows tried again: 1 pass, 1 are refused still", "1 row whose high is below the open or the close (HIGH_BELOW_BODY)", "Would put s3://b/"+replayKey)
	if _, put := world.Snapshot(bucket)[replayKey]; put {
		t.Error("a dry run puts")
	}

	_, out = replay(func(r *replaying) { r.json = true })
	want := counts{
		Read: 2, Rows: 2, Passed: 1, Still: 1, Key: replayKey, Put: true, Reasons: map[string]int64{"HIGH_BELOW_BODY": 1},
	}
	var got counts
	if err := json.Unmarshal([]byte(out), &got); err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v (-want +got):\n%s", err, cmp.Diff(want, got))
	}
	batch := world.Snapshot(bucket)[replayKey]
	has(batch, `"AAPL 1day":`, `"close":"161.50"`)
	object, err := world.Open(t.Context(), objects.Ref{Bucket: bucket, Key: replayKey})
	if err != nil || object.Metadata[pipeline.CorrelationMetadata] != "upload/42" {
		t.Errorf("%v, metadata %v, want the correlation id of the first run", err, object.Metadata)
	}

	_, out = replay(nil)
	has(out, "Replayed before: s3://b/"+replayKey)
	_, out = replay(func(r *replaying) { r.json = true })
	has(out, `"passed":1`, `"put":false`)
	world.Seed(objects.Ref{Bucket: bucket, Key: rejectsKey}, []byte(refused("2018-02-07", "162")), nil)
	_, out = replay(nil)
	has(out, "Replayed before, when other rows passed", "--out")
	if world.Snapshot(bucket)[replayKey] != batch {
		t.Error("a second replay changes what the first one has put")
	}

	world.Seed(objects.Ref{Bucket: bucket, Key: rejectsKey}, []byte(refused("2018-02-07", "200")), nil)
	_, out = replay(func(r *replaying) { r.to = "other" })
	has(out, "Nothing passes, and nothing was put.")
	if all := world.Snapshot("other"); len(all) > 0 {
		t.Errorf("put: %v", all)
	}
}

// The replay of a smoke test is a smoke test, also where its register is gone, in bytes that no replay of a real run has.
// Replayed a second time it is the same.
func TestReplayOfSmokeTest(t *testing.T) {
	rejects := refused("2018-02-07", "161.50")
	world := pipelinetest.NewObjects(t, nil)
	replay := func(lines, want string) *objects.Object {
		t.Helper()
		world.Seed(objects.Ref{Bucket: bucket, Key: rejectsKey}, []byte(lines), nil)
		var out bytes.Buffer
		r := &replaying{store: world, stdout: &out, stderr: t.Output()}
		if err := r.aim("s3://" + bucket + "/" + rejectsKey); err != nil {
			t.Fatal(err)
		}
		if err := r.run(t.Context()); err != nil || !strings.Contains(out.String(), want) {
			t.Fatalf("%v, want %q in:\n%s", err, want, out.String())
		}
		object, err := world.Open(t.Context(), objects.Ref{Bucket: bucket, Key: replayKey})
		if err != nil {
			t.Fatal(err)
		}
		return object
	}
	smoke := strings.Replace(rejects, `"size":1}`, `"size":1},"smoke":true`, 1)
	object := replay(smoke, "Put s3://")
	if !pipeline.IsSmoke(object.Metadata) {
		t.Errorf("metadata %v: no smoke test", object.Metadata)
	}
	replay(smoke, "Replayed before: s3://")
	world.Delete(objects.Ref{Bucket: bucket, Key: replayKey})
	if real := replay(rejects, "Put s3://"); pipeline.IsSmoke(real.Metadata) || real.ETag == object.ETag {
		t.Errorf("a real run's replay: metadata %v, ETag %q, that of the smoke test %q", real.Metadata, real.ETag, object.ETag)
	}
}

// A correlation id is another run's where the register is gone or says another run: better none than that.
func TestCorrelationUnknown(t *testing.T) {
	for name, register := range map[string]string{"gone": "", "of another run": `{"schema":1,"run_id":"r","correlation_id":"c"}`} {
		t.Run(name, func(t *testing.T) {
			world := pipelinetest.NewObjects(t, nil)
			world.ListDenied = true
			world.Seed(objects.Ref{Bucket: bucket, Key: rejectsKey}, []byte(refused("2018-02-07", "161")), nil)
			if register != "" {
				world.Seed(objects.Ref{Bucket: bucket, Key: pipeline.MarkerKey("0123456789abcdef")}, []byte(register), nil)
			}
			r := &replaying{store: world, stdout: t.Output(), stderr: t.Output()}
			if err := r.aim("s3://" + bucket + "/" + rejectsKey); err != nil {
				t.Fatal(err)
			}
			if err := r.run(t.Context()); err != nil {
				t.Fatal(err)
			}
			object, err := world.Open(t.Context(), objects.Ref{Bucket: bucket, Key: replayKey})
			if err != nil || len(object.Metadata) > 0 {
				t.Errorf("%v, metadata %v", err, object.Metadata)
			}
		})
	}
}

// A local file needs no cloud: what passes goes to stdout, the counts to stderr, or to a file that is whole or not there.
func TestReplayFile(t *testing.T) {
	for _, name := range []string{"AWS_REGION", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL"} {
		t.Setenv(name, "")
	}
	dir := t.TempDir()
	rejects, out := filepath.Join(dir, "run.jsonl"), filepath.Join(dir, "batch.json")
	if err := os.WriteFile(rejects, []byte(refused("2018-02-07", "161")), 0o600); err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(dir, "none.jsonl")
	if err := os.WriteFile(none, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const batch, told = `"AAPL 1day":`, "1 rows tried again: 1 pass"
	for line, want := range map[string]struct {
		code           int
		stdout, stderr string
	}{
		rejects:                               {0, batch, told},
		rejects + " --dry-run":                {0, told, ""},
		rejects + " --dry-run --json":         {0, `"put":false`, ""},
		rejects + " --json":                   {2, "", "--out and --json both go to stdout: name a file"},
		rejects + " --out " + out:             {0, "Wrote " + out, ""},
		rejects + " --out " + out + " --json": {0, `"key":"","put":false`, ""},
		rejects + " --out " + dir:             {2, "", "is a folder"},
		rejects + " --out x --to y":           {2, "", "give one"},
		none:                                  {0, "", "Nothing passes"},
		dir:                                   {1, "", "not a file"},
		rejects + "x":                         {1, "", "no such file"},
		rejects + " --to b":                   {1, "", "set AWS_REGION"},
		"s3://b":                              {2, "", `"s3://b" names no object`},
		"":                                    {2, "", "accepts 1 arg"},
		"--help":                              {0, "Usage:", ""},
	} {
		t.Run(line, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), append([]string{"replay"}, strings.Fields(line)...), &stdout, &stderr)
			if code != want.code || !strings.Contains(stdout.String(), want.stdout) || !strings.Contains(stderr.String(), want.stderr) {
				t.Errorf("exit %d, stdout %q, stderr %q; want %+v", code, stdout.String(), stderr.String(), want)
			}
			if code != 0 && stdout.Len() > 0 {
				t.Errorf("stdout %q", stdout.String())
			}
		})
	}
	if text, err := os.ReadFile(out); err != nil || !strings.Contains(string(text), batch) {
		t.Errorf("--out: %q, %v", text, err)
	}
}

// No use of --out destroys data or leaves a temporary file; what cannot work is refused before anything is read.
func TestReplayOutputs(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	filestest.Command{
		Run:  func(args []string, stdout, stderr io.Writer) int { return run(t.Context(), args, stdout, stderr) },
		Args: []string{"replay"}, Name: "run.jsonl", Input: refused("2018-02-07", "161"), Flags: []string{"--out"},
		DefaultsToStdout: true,
	}.TryAll(t)
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
