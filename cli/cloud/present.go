package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/local"
)

// present shows a person what a demo came to: the files, then the last mail's text and where everything lies.
func present(w io.Writer, s local.Summary, out string) error {
	fmt.Fprintln(w)
	var last string
	for _, f := range s.Files {
		fmt.Fprintf(w, "%s: %s", command.Printable(f.Input), f.Outcome)
		if f.Rows.Raw > 0 {
			fmt.Fprintf(w, ", %d rows (%d valid, %d rejected)", f.Rows.Raw, f.Rows.Valid, f.Rows.Invalid)
		}
		fmt.Fprintln(w)
		if f.Reason != "" {
			fmt.Fprintf(w, "  why: %s\n", command.Printable(f.Reason))
		}
		if f.RejectsKey != "" {
			fmt.Fprintf(w, "  rejects: %s\n", filepath.Join(out, "s3", filepath.FromSlash(f.RejectsKey)))
		}
		if len(f.Mails) > 0 {
			last = f.Mails[len(f.Mails)-1]
		}
	}
	if last != "" {
		base := filepath.Join(out, filepath.FromSlash(last))
		base = base[:len(base)-len(filepath.Ext(base))]
		text, err := os.ReadFile(base + ".txt")
		if err != nil {
			return fmt.Errorf("read mail: %w", err)
		}
		fmt.Fprintf(w, "\n%s\n", text)
		fmt.Fprintf(w, "The mail: %s.html\n", base)
	}
	for _, alarm := range s.Alarms {
		fmt.Fprintf(w, "Alarm: %s (%s)\n", alarm.Name, alarm.Reason)
	}
	_, err := fmt.Fprintf(w, "Everything: %s\n", out)
	return err
}
