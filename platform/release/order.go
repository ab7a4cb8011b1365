package release

import "fmt"

// Order lists the stages, first to last.
func Order() []string { return []string{"dev", "uat", "prod"} }

// Restore says how a stage gets its release file back.
func Restore(stage string) string {
	return fmt.Sprintf("bring the release file back with `git pull` or `git checkout -- platform/releases/%s.json`, "+
		"or make a new one with `%s`", stage, HowTo(stage))
}

// HowTo is the command that makes a release for a stage.
func HowTo(stage string) string { return "make images STAGE=" + stage }
