// Package sigstore signs images and verifies their signatures by Sigstore's libraries. It is all that the program
// mejan-sign does; other programs must not import it.
package sigstore

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/signature"
)

// Sigstore implements [signature.Sigstore] in this process.
type Sigstore struct{}

var _ signature.Sigstore = Sigstore{}

// Run is the program.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{Use: signature.ProgramName, Short: "What signs images; mejan starts it"}
	root.AddCommand(
		verb("sign", "Sign images: an order comes from stdin, bundles go to stdout, as JSON", Sigstore{}.Sign),
		verb("verify", "Verify signatures: a question comes from stdin, verdicts go to stdout, as JSON", Sigstore{}.Verify),
	)
	return command.Run(ctx, root, args, stdout, stderr)
}

// verb is a command that answers one question.
func verb[Question, Answer any](
	name, short string, answer func(context.Context, Question) ([]Answer, error),
) *cobra.Command {
	return &cobra.Command{Use: name, Short: short, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		var question Question
		if err := json.NewDecoder(c.InOrStdin()).Decode(&question); err != nil {
			return fmt.Errorf("read the question: %w", err)
		}
		answers, err := answer(c.Context(), question)
		if err != nil {
			return err
		}
		return json.NewEncoder(c.OutOrStdout()).Encode(answers)
	}}
}
