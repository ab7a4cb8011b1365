package main

import (
	"cmp"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// commit is what this program was built from. The Makefile sets it with -ldflags, because the go command can read
// commits only in a checkout that belongs to the user.
var commit string

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the commit that mejan was built from, and the Go version",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			info, ok := debug.ReadBuildInfo()
			if !ok {
				return errors.New("the program has no build information: `make build` makes one that has")
			}
			_, err := fmt.Fprintln(c.OutOrStdout(), version(commit, info))
			return err
		},
	}
}

// version describes a build. A build made by `go build` alone has its commit in info, if at all.
func version(commit string, info *debug.BuildInfo) string {
	settings := make(map[string]string)
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if commit == "" && settings["vcs.revision"] != "" {
		commit = settings["vcs.revision"]
		if settings["vcs.modified"] == "true" {
			commit += "-dirty"
		}
	}
	return fmt.Sprintf("mejan %s, %s, %s/%s", cmp.Or(commit, "of an unknown commit (built without git)"),
		info.GoVersion, settings["GOOS"], settings["GOARCH"])
}
