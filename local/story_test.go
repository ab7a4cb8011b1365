package local_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mejan/mejan/local"
	"github.com/mejan/mejan/local/deploy"
	"github.com/mejan/mejan/local/model"
	"github.com/mejan/mejan/local/wire"
)

// images are built once for all stories.
var images = sync.OnceValues(func() (*local.Images, error) {
	ctx, cancel := contextOfTests()
	defer cancel()
	var err error
	built, err = local.BuildImages(ctx, root(), "dev", func(what string) func(string) {
		fmt.Fprintf(os.Stderr, "%s …\n", what)
		return func(result string) { fmt.Fprintf(os.Stderr, "%s: %s\n", what, result) }
	})
	return built, err
})

func root() string {
	dir, err := filepath.Abs("..")
	if err != nil {
		panic(err)
	}
	return dir
}

// The stories in testdata/script tell what becomes of files, through the real functions, images, program and policies.
// Each has a cloud of its own, and they run side by side.
func TestStories(t *testing.T) {
	if _, err := images(); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: setup,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"amend": amend, "cloud": start, "model": mood, "fault": fault, "upload": upload, "smoke": smokeTest, "settle": settle,
			"export": export, "verdict": verdict, "aws": awsCLI,
		},
		RequireExplicitExec: true,
	})
}

// story is what the commands of one script share.
type story struct {
	amends   []func(*deploy.Resource)
	replaced map[string]int
	cloud    *local.Cloud
	files    []local.File
	t        testscript.T
}

type storyKey struct{}

func of(ts *testscript.TestScript) *story { return ts.Value(storyKey{}).(*story) }

func setup(e *testscript.Env) error {
	s := &story{t: e.T(), replaced: make(map[string]int)}
	e.Values[storyKey{}] = s
	e.Setenv("SAMPLES", filepath.Join(root(), "samples"))
	e.Setenv("AWS_ACCESS_KEY_ID", "anyone")
	e.Setenv("AWS_SECRET_ACCESS_KEY", "anyone")
	e.Setenv("AWS_REGION", "us-east-1")
	e.Defer(func() {
		if s.cloud != nil {
			if err := s.cloud.Close(); err != nil {
				e.T().Fatal(err)
			}
		}
	})
	return nil
}

// amend TYPE OLD NEW replaces text in every string of the program's resources of that type.
func amend(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	kind, change := args[0], strings.NewReplacer(args[1], args[2])
	s.amends = append(s.amends, func(r *deploy.Resource) {
		if strings.HasSuffix(r.Type, ":"+kind) {
			for name, value := range r.Inputs {
				r.Inputs[name] = replaced(value, change, func() { s.replaced[strings.Join(args, " ")]++ })
			}
		}
	})
	s.replaced[strings.Join(args, " ")] = 0
}

func replaced(value any, change *strings.Replacer, count func()) any {
	switch value := value.(type) {
	case string:
		after := change.Replace(value)
		if after != value {
			count()
		}
		return after
	case []any:
		for i := range value {
			value[i] = replaced(value[i], change, count)
		}
	case map[string]any:
		for name := range value {
			value[name] = replaced(value[name], change, count)
		}
	}
	return value
}

// cloud starts the cloud. With a leading ! it must not start, for a reason that matches the argument.
func start(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts)
	built, err := images()
	ts.Check(err)
	ctx, cancel := contextOfTests()
	defer cancel()
	cloud, err := local.Start(ctx, local.Options{
		Root: root(), Stage: "dev", Listener: listen(ts), Images: built,
		Amend: func(r *deploy.Resource) {
			for _, change := range s.amends {
				change(r)
			}
		},
	})
	for what, times := range s.replaced {
		if times == 0 {
			ts.Fatalf("amend %s changed nothing", what)
		}
	}
	if neg {
		if err == nil {
			ts.Check(cloud.Close())
			ts.Fatalf("the program was deployed")
		}
		match(ts, args[0], err.Error())
		return
	}
	ts.Check(err)
	s.cloud = cloud
	ts.Setenv("URL", cloud.URL())
	ts.Setenv("BUCKET", cloud.Bucket())
}

// model MODE makes the model behave.
func mood(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(of(ts).cloud.Model().Behave(model.Mode(args[0]), 0))
}

// fault SERVICE OPERATION before|after|lost TIMES makes the next calls fail.
func fault(ts *testscript.TestScript, _ bool, args []string) {
	when, ok := map[string]wire.When{"before": wire.Before, "after": wire.After, "lost": wire.Lost}[args[2]]
	times, err := strconv.Atoi(args[3])
	if !ok || err != nil {
		ts.Fatalf("usage: fault SERVICE OPERATION before|after|lost TIMES")
	}
	of(ts).cloud.Faults().Add(wire.Fault{Service: args[0], Operation: args[1], When: when, Times: times})
}

// upload FILE KEY OUTCOME puts a file into the bucket, and expects what becomes of it.
func upload(ts *testscript.TestScript, _ bool, args []string) {
	expect(ts, of(ts).cloud.Upload, args)
}

// smoke FILE KEY OUTCOME is upload with the mark of a smoke test.
func smokeTest(ts *testscript.TestScript, _ bool, args []string) {
	expect(ts, of(ts).cloud.SmokeTest, args)
}

func expect(ts *testscript.TestScript, put func(context.Context, string, string) (local.File, error), args []string) {
	s := of(ts)
	ctx, cancel := contextOfTests()
	defer cancel()
	file, err := put(ctx, ts.MkAbs(args[0]), args[1])
	ts.Check(err)
	ts.Logf("%+v", file)
	s.files = append(s.files, file)
	if string(file.Outcome) != args[2] {
		ts.Check(s.cloud.Export(ts.MkAbs("out"), s.cloud.Summary(s.files)))
		ts.Logf("%s", ts.ReadFile("out/logs.jsonl"))
		ts.Fatalf("outcome of %s: %s, want %s", args[1], file.Outcome, args[2])
	}
}

// settle waits until nothing is in flight.
func settle(ts *testscript.TestScript, _ bool, _ []string) {
	ctx, cancel := contextOfTests()
	defer cancel()
	ts.Check(of(ts).cloud.Settle(ctx))
}

// export writes the results to out/.
func export(ts *testscript.TestScript, _ bool, _ []string) {
	s := of(ts)
	ts.Check(s.cloud.Export(ts.MkAbs("out"), s.cloud.Summary(s.files)))
}

// verdict expects the session to be faultless, or with a leading ! to be failed for reasons that match each argument.
func verdict(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts)
	err := s.cloud.Summary(s.files).Fault()
	if !neg {
		ts.Check(err)
		return
	}
	if err == nil {
		ts.Fatalf("the session is faultless")
	}
	ts.Logf("%v", err)
	for _, want := range args {
		match(ts, want, err.Error())
	}
}

// awsCLI runs the AWS CLI against the cloud.
func awsCLI(ts *testscript.TestScript, _ bool, args []string) {
	if _, err := exec.LookPath("aws"); err != nil {
		if os.Getenv("CI") != "" {
			ts.Fatalf("the AWS CLI is missing, and nothing is skipped in CI: pip install awscli")
		}
		ts.Logf("the AWS CLI is missing, so that this story is not told: pip install awscli")
		of(ts).t.Skip("the AWS CLI is missing: pip install awscli")
	}
	ts.Check(ts.Exec("aws", append([]string{"--endpoint-url", ts.Getenv("URL"), "--region", "us-east-1"}, args...)...))
}

func match(ts *testscript.TestScript, pattern, text string) {
	re, err := regexp.Compile(pattern)
	ts.Check(err)
	if !re.MatchString(text) {
		ts.Fatalf("no match for %q in:\n%s", pattern, text)
	}
}
