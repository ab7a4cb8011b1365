package command

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// variable is the environment variable that a flag takes its default from: MEJAN_DEMO_OUT is for `mejan demo --out`.
func variable(c *cobra.Command, f *pflag.Flag) string {
	return strings.ToUpper(strings.NewReplacer(" ", "_", "-", "_").Replace(c.CommandPath() + " " + f.Name))
}

// configurable lists the flags of a command that have a variable.
func configurable(c *cobra.Command) []*pflag.Flag {
	var flags []*pflag.Flag
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" {
			flags = append(flags, f)
		}
	})
	return flags
}

// flagsFromEnvironment sets the flags that the command line does not name. An empty variable sets nothing.
func flagsFromEnvironment(c *cobra.Command) error {
	for _, f := range configurable(c) {
		name := variable(c, f)
		value := os.Getenv(name)
		if f.Changed || value == "" {
			continue
		}
		if err := c.Flags().Set(f.Name, value); err != nil {
			return Misused(c, fmt.Errorf("environment variable %s: %w", name, err))
		}
	}
	return nil
}

// describeEnvironment adds the variables of a command to its help.
func describeEnvironment(c *cobra.Command) {
	var names []string
	for _, f := range configurable(c) {
		names = append(names, variable(c, f))
	}
	if len(names) == 0 {
		return
	}
	if c.Long == "" {
		c.Long = c.Short
	}
	c.Long += "\n\nEnvironment variables for the flags:\n  " + strings.Join(names, "\n  ")
}
