package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
)

// settingsFile is the file of a stage's settings.
func (s *Subject) settingsFile() string {
	return filepath.Join(s.Root, "Pulumi."+s.Stage+".yaml")
}

func findStage(_ context.Context, s *Subject) Finding {
	stages := strings.Join(release.Order(), ", ")
	if !slices.Contains(release.Order(), s.Stage) {
		return problem("take one of "+stages+", or add it in platform/release/order.go",
			"there is no stage %q", s.Stage)
	}
	info, err := os.Stat(s.settingsFile())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return problem("git checkout -- "+filepath.Base(s.settingsFile())+", or pulumi stack init "+s.Stage,
			"%s, the file of its settings, is missing", filepath.Base(s.settingsFile()))
	case err != nil:
		return problem("", "%v", err)
	case !info.Mode().IsRegular():
		return problem("git checkout -- "+filepath.Base(s.settingsFile()), "%s is not a file", s.settingsFile())
	}
	return ok("%s, one of %s", s.Stage, stages)
}

func findSettings(_ context.Context, s *Subject) Finding {
	stage, err := settings.FromFile(s.settingsFile(), s.Stage)
	if err != nil {
		return s.badSettings(err)
	}
	s.settings = stage
	return ok("%s is valid", filepath.Base(s.settingsFile()))
}

// badSettings is a finding about the settings file. Each line about a key has its command already.
func (s *Subject) badSettings(err error) Finding {
	if strings.Contains(err.Error(), "; pulumi ") {
		return problem("", "%v", err)
	}
	return problem("mend it, or git checkout -- "+filepath.Base(s.settingsFile()), "%v", err)
}

// findRelease looks at the release as a deployment reads it.
func findRelease(ctx context.Context, s *Subject) Finding {
	dir := s.releases()
	r, err := release.Read(dir, s.Stage)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return warning("make foundation STAGE="+s.Stage+", then "+release.HowTo(s.Stage),
			"the stage has no release: right before its first deployment, otherwise the file is missing")
	case err != nil:
		return problem("git checkout -- "+s.releaseFile(), "%v", err)
	}
	changed, err := output(ctx, s.Root, "git", "status", "--porcelain", "--untracked-files=all", "--", s.releaseFile())
	switch {
	case err != nil:
		return unknown("", "whether %s is committed: %v", s.releaseFile(), err)
	case changed != "":
		return warning("make commit STAGE="+s.Stage, "%s is not committed: another clone would deploy something else",
			s.releaseFile())
	}
	return ok("%s, built from commit %.12s", s.releaseFile(), r.Source)
}

// findReleaseFile looks at the file that a push of images will write.
func findReleaseFile(ctx context.Context, s *Subject) Finding {
	path := release.Path(s.releases(), s.Stage)
	info, err := os.Lstat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return problem("move it away", "%s is not a file", path)
	case err == nil:
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, notFolder):
		return ok("%s will be made", s.releaseFile()) // the check of the folder says whether it can
	default:
		return problem("", "%v", err)
	}
	r, err := release.Read(s.releases(), s.Stage)
	if err != nil {
		return warning("look at it first: git diff -- "+s.releaseFile(), "it will be replaced, and cannot be read: %v", err)
	}
	// It is newer than what would be built when its commit comes after ours.
	head, errHead := output(ctx, s.Root, "git", "rev-parse", "HEAD")
	_, errOlder := output(ctx, s.Root, "git", "merge-base", "--is-ancestor", "HEAD", r.Source)
	if errHead == nil && errOlder == nil && head != r.Source {
		return warning("git pull, when that was not meant",
			"the stage runs images of commit %.12s, which comes after %.12s, the commit that would be built", r.Source, head)
	}
	return ok("%s, of commit %.12s, will be replaced", s.releaseFile(), r.Source)
}

// releases is the folder of the releases. It is empty only without a checkout.
func (s *Subject) releases() string {
	dir, _ := release.Dir(s.Root)
	return dir
}

// releaseFile is the file of the stage's release, relative to the checkout.
func (s *Subject) releaseFile() string { return release.File(s.Stage) }
