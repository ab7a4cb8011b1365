package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/files"
	"github.com/mejan/mejan/cli/replay"
	"github.com/mejan/mejan/functions/pipeline"
)

// counts is what --json prints.
type counts struct {
	Read    int64 `json:"read"`
	Rows    int64 `json:"rows"`
	Passed  int64 `json:"passed"`
	Still   int64 `json:"still"`
	Skipped int64 `json:"skipped"`
	// Key is where what passes is put, empty where it is not put.
	Key string `json:"key"`
	Put bool   `json:"put"`
	// Reasons counts rows that are refused still, by code.
	Reasons map[string]int64 `json:"reasons"`
}

func (r *replaying) print(result replay.Result, end ending) error {
	if r.json {
		said := counts{
			Read: result.Read, Rows: result.Rows, Passed: result.Passed, Still: result.Still,
			Skipped: result.Read - result.Rows, Key: r.target.Key, Put: end == put, Reasons: map[string]int64{},
		}
		maps.Copy(said.Reasons, result.Reasons)
		encoder := json.NewEncoder(r.stdout)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(said); err != nil {
			return fmt.Errorf("write result: %w", err)
		}
		return nil
	}
	w := r.report
	fmt.Fprintf(w, "%d lines, %d rows tried again: %d pass, %d are refused still\n",
		result.Read, result.Rows, result.Passed, result.Still)
	skips := command.Counts(result.Skipped, func(why replay.Skip, _ int64) string { return string(why) })
	refused := command.List(w, "Refused still", command.Findings(result.Reasons, pipeline.LevelReject))
	skipped := command.List(w, "Not tried", skips)
	_, err := fmt.Fprintf(w, "\n%s\n", r.closing(result, end))
	return cmp.Or(refused, skipped, err)
}

// closing says in one sentence what it came to.
func (r *replaying) closing(result replay.Result, end ending) string {
	switch {
	case result.Passed == 0:
		return "Nothing passes, and nothing was put."
	case end == put:
		return fmt.Sprintf("Put %s; the pipeline takes it as a run of its own.", r.target)
	case end == before:
		return fmt.Sprintf("Replayed before: %s has these rows, and nothing was put.", r.target)
	case end == otherwise:
		return fmt.Sprintf("Replayed before, when other rows passed: %s was left as it is, and nothing was put.\n"+
			"Give --out to see what passes today.", r.target)
	case r.dryRun && r.target.Bucket != "":
		return fmt.Sprintf("Would put %s.", r.target)
	case r.dryRun:
		return "Would write what passes."
	case r.out == files.Standard:
		return "Wrote what passes to stdout."
	default:
		return fmt.Sprintf("Wrote %s.", r.out)
	}
}
