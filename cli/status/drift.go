package status

import (
	"fmt"

	"github.com/mejan/mejan/platform/release"
)

// Difference is one thing that is not as git says.
type Difference struct {
	// Subject is what differs, such as the name of a function.
	Subject string `json:"subject"`
	Text    string `json:"text"`
	// Remedy is the command that mends it.
	Remedy string `json:"remedy"`
}

// Drift lists the differences between git and what runs.
func (s *Stage) Drift() []Difference {
	up := "make up STAGE=" + s.Name
	var all []Difference
	add := func(subject, remedy, format string, args ...any) {
		all = append(all, Difference{subject, fmt.Sprintf(format, args...), remedy})
	}
	if s.Uncommitted {
		file := release.File(s.Name)
		add("release", fmt.Sprintf("make commit STAGE=%s, or git checkout HEAD -- %s", s.Name, file),
			"%s is not as git has it", file)
	}
	for _, f := range s.Functions {
		name := string(f.Name)
		switch {
		case f.Lambda == nil:
		case f.Git == "" && *f.Lambda != "":
			add(name, release.Restore(s.Name), "it runs %s, and git has no release of %s", *f.Lambda, s.Name)
		case f.Git != "" && *f.Lambda == "":
			add(name, up, "git says %s, and no function runs it", f.Git)
		case f.Git != *f.Lambda:
			add(name, up, "it runs %s, and git says %s", *f.Lambda, f.Git)
		}
		if f.Registry != nil && !*f.Registry {
			add(name, release.HowTo(s.Name), "its image %s is not in the registry", f.Git)
		}
	}
	return all
}
