package main

import (
	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
)

// The programs that carry out what needs a cloud: the one on a laptop, and AWS.
const (
	cloudProgram = "mejan-cloud"
	awsProgram   = "mejan-aws"
)

// cloudCommands are the commands of these programs.
func cloudCommands() []*cobra.Command {
	var all []*cobra.Command
	for _, c := range []struct{ program, name, short string }{
		{cloudProgram, "demo", "Run files through the whole pipeline on this machine"},
		{cloudProgram, "local", "Run the local cloud until stopped, for the AWS CLI and SDKs, with a console in the browser"},
		{awsProgram, "images", "Build the functions' images with ko"},
		{awsProgram, "commit", "Commit the release that a build wrote"},
		{awsProgram, "promote", "Bring the images of a stage to the next one, unchanged, and commit its release"},
		{awsProgram, "rollback", "Restore an earlier release of a stage, and hold it"},
		{awsProgram, "hold", "Keep the images of a stage until mejan unhold"},
		{awsProgram, "unhold", "Take the hold off a stage"},
		{awsProgram, "status", "Show what runs where: git, Lambda and the registries of all stages"},
		{awsProgram, "drift", "Find what differs between git and a stage; fail if anything does"},
		{awsProgram, "backsync", "Find commits that a later stage was built from and an earlier one's branch lacks"},
		{awsProgram, "sign", "Sign the images of a stage, by a key or keyless"},
		{awsProgram, "verify", "Check that a stage's images are in its registry, with bills of materials and signatures"},
		{awsProgram, "doctor", "Check what work on this machine needs, and with STAGE what that stage on AWS needs"},
		{awsProgram, "replay", "Try refused rows again by today's rules, and put what passes through the pipeline, once"},
		{awsProgram, "smoke", "Send a marked file through a stage and follow it to the accepted mail"},
	} {
		all = append(all, command.Sibling(c.program, c.name, c.short))
	}
	return all
}
