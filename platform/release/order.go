package release

import (
	"fmt"
	"slices"
)

// Order lists the stages that images move through by promotion, first to last.
func Order() []string { return []string{"dev", "uat", "prod"} }

// Before is the stage whose images are promoted to a stage, and "" for a stage that gets its images from a build: the
// first one, and every stage outside of the order.
func Before(stage string) string {
	if i := slices.Index(Order(), stage); i > 0 {
		return Order()[i-1]
	}
	return ""
}

// HowTo is the command that makes a release for a stage.
func HowTo(stage string) string {
	if before := Before(stage); before != "" {
		return fmt.Sprintf("make promote FROM=%s TO=%s", before, stage)
	}
	return fmt.Sprintf("make images STAGE=%s", stage)
}
