package release

// Order lists the stages, first to last.
func Order() []string { return []string{"dev", "uat", "prod"} }

// HowTo is the command that makes a release for a stage.
func HowTo(stage string) string { return "make images STAGE=" + stage }
