// Package status compares what git says of the stages with what runs: the release files, the functions of Lambda, and
// the registries.
package status

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/mejan/mejan/cli/doctor"
	"github.com/mejan/mejan/cli/history"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// Args says what to look at.
type Args struct {
	// Root is the checkout.
	Root string
	// Stages are looked at, all at once.
	Stages []string
	// Repos gives stages another registry and prefix than their repositories in ECR.
	Repos map[string]string
}

// Stage is what was found out about one stage.
type Stage struct {
	Name string `json:"stage"`
	// Release is what git says; nil if git has none.
	Release *release.Release `json:"release"`
	// Uncommitted says that the release file of the checkout is another than git's.
	Uncommitted bool `json:"uncommitted,omitempty"`
	// Behind is how far the source lies behind that of the stage before; nil for the first stage, and if it is unknown.
	Behind    *history.Lag `json:"behind,omitempty"`
	Functions []Function   `json:"functions"`
	// Problem is why something could not be found out; empty if all was.
	Problem string `json:"problem,omitempty"`
}

// Function is what was found out about one function of a stage.
type Function struct {
	Name pipeline.Function `json:"function"`
	// Git and Lambda are the digests of the image that git says and that runs; empty if there is none. Lambda is nil if it
	// is unknown.
	Git    string  `json:"git"`
	Lambda *string `json:"lambda"`
	// Registry says whether the registry has the image that git says; nil if it is unknown.
	Registry *bool `json:"registry"`
}

// Look finds out about the stages, in their order.
func Look(ctx context.Context, args Args) []Stage {
	all := make([]Stage, len(args.Stages))
	var each sync.WaitGroup
	for i, name := range args.Stages {
		each.Go(func() { all[i] = look(ctx, args, name) })
	}
	each.Wait()
	return all
}

func look(ctx context.Context, args Args, name string) Stage {
	s := Stage{Name: name}
	for _, function := range pipeline.Functions() {
		s.Functions = append(s.Functions, Function{Name: function})
	}
	problems := []error{s.readGit(ctx, args.Root)}
	subject := &doctor.Subject{Root: args.Root, Stage: name, Repo: args.Repos[name]}
	purposes := doctor.From | doctor.Functions
	if subject.Repo == "" && s.Release != nil {
		purposes |= doctor.ECR
	}
	findings, err := doctor.Examine(ctx, subject, purposes, func(doctor.Finding) {})
	problems = append(problems, err, doctor.Blocking(findings))
	if config, found := subject.Config(); found {
		problems = append(problems, s.readLambda(ctx, config, subject.Where.FunctionName))
	}
	if registry, err := subject.Registry(); err == nil && subject.Repo != "" {
		problems = append(problems, s.readRegistry(ctx, registry))
	}
	if err := errors.Join(problems...); err != nil {
		s.Problem = err.Error()
	}
	return s
}

// readGit reads the release, and compares its source with that of the stage before.
func (s *Stage) readGit(ctx context.Context, root string) error {
	clone := history.At(root)
	var err error
	if s.Release, err = clone.Release(ctx, s.Name); err != nil {
		return err
	}
	if clone.Branch(ctx, s.Name) == history.Head {
		s.Uncommitted, err = uncommitted(root, s.Name, s.Release)
	}
	if err != nil || s.Release == nil {
		return err
	}
	for i := range s.Functions {
		s.Functions[i].Git = s.Release.Images[s.Functions[i].Name]
	}
	before := release.Before(s.Name)
	if before == "" {
		return nil
	}
	from, err := clone.Release(ctx, before)
	if err != nil || from == nil {
		return err
	}
	lag, err := clone.Behind(ctx, s.Release.Source, from.Source)
	if err != nil {
		return fmt.Errorf("compare %s with %s: %w", s.Name, before, err)
	}
	s.Behind = &lag
	return nil
}

// readLambda asks which image each function runs.
func (s *Stage) readLambda(ctx context.Context, config aws.Config, nameOf func(pipeline.Function) string) error {
	var problems []error
	for i := range s.Functions {
		digest, err := running(ctx, config, nameOf(s.Functions[i].Name))
		if err != nil {
			problems = append(problems, err)
			continue
		}
		s.Functions[i].Lambda = &digest
	}
	return errors.Join(problems...)
}

// readRegistry asks for the images that git says.
func (s *Stage) readRegistry(ctx context.Context, registry *images.Registry) error {
	var problems []error
	for i, f := range s.Functions {
		if f.Git == "" {
			continue
		}
		there, err := registry.HasImage(ctx, f.Name, f.Git)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		s.Functions[i].Registry = &there
	}
	return errors.Join(problems...)
}
