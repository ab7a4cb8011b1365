package release

import (
	"fmt"
	"slices"
	"strings"
)

// Order lists the stages, first to last. Images are built for the first one and promoted from each to the next.
func Order() []string { return []string{"dev", "uat", "prod"} }

// Before is the stage whose images a stage takes. It is empty for the first stage, and for a stage that Order lacks.
func Before(stage string) string {
	if at := slices.Index(Order(), stage); at > 0 {
		return Order()[at-1]
	}
	return ""
}

// Restore says how a stage gets its release file back.
func Restore(stage string) string {
	return fmt.Sprintf("bring the release file back with `git pull` or `git checkout -- %s`, "+
		"or make a new one with `%s`", File(stage), HowTo(stage))
}

// HowTo is the command that makes a release for a stage.
func HowTo(stage string) string {
	if from := Before(stage); from != "" {
		return fmt.Sprintf("make promote FROM=%s TO=%s", from, stage)
	}
	return "make images STAGE=" + stage
}

// CheckStage makes sure that there is such a stage.
func CheckStage(stage string) error {
	if slices.Contains(Order(), stage) {
		return nil
	}
	return fmt.Errorf("there is no stage %q: take one of %s, or add it in platform/release/order.go",
		stage, strings.Join(Order(), ", "))
}
