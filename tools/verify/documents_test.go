package main

import (
	"strings"
	"testing"
)

// Promise: a changelog that a person or a program would misread is refused.
func TestChangelogProblems(t *testing.T) {
	const good = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A.\n\n## [2026-02-01]\n\n### Upgrade notes\n\n- B.\n\n## [2026-01-31]\n\n- C.\n"
	for name, tt := range map[string]struct{ old, replaced, want string }{
		"good":               {},
		"nothing unreleased": {"## [Unreleased]", "## [2026-03-01]", "the first section is not `## [Unreleased]`"},
		"a version":          {"## [2026-02-01]", "## [1.2.0]", `"## [1.2.0]" is neither`},
		"oldest first":       {"2026-01-31", "2026-03-31", "newest first"},
		"a day twice":        {"2026-01-31", "2026-02-01", "each once"},
		"unknown kind":       {"### Added", "### New", `"### New" is not one of Added`},
		"empty kind":         {"- A.\n", "", `"### Added" has no entry`},
		"empty last kind":    {"- C.", "### Fixed", `"### Fixed" has no entry`},
	} {
		got := strings.Join(changelogProblems(strings.Replace(good, tt.old, tt.replaced, 1)), "\n")
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: found %q, want %q", name, got, tt.want)
		}
	}
}
