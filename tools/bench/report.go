package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// Limits of a function. Both are a user's cold start: the size is fetched, the start is waited for.
const (
	sizeLimit  = 12 << 20
	startLimit = 12 * time.Millisecond
)

// report prints one line a subject, with its ratio to the peer, and whether a function keeps within the limits.
func report(out io.Writer, subjects []subject, starts int) error {
	var peer subject
	for _, s := range subjects {
		if s.peer {
			peer = s
		}
	}
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "\tMiB, linux/arm64\tof peer\tms to first /next, median of %d\tof peer\tlimits\t\n", starts)
	for _, s := range subjects {
		took := median(s.starts)
		kept := ""
		if !s.peer {
			kept = verdict(s.size < sizeLimit && took < startLimit)
		}
		fmt.Fprintf(table, "%s\t%.2f\t%.2f×\t%.2f\t%.2f×\t%s\t\n", s.name, mebibytes(s.size),
			float64(s.size)/float64(peer.size), milliseconds(took), float64(took)/float64(median(peer.starts)), kept)
	}
	fmt.Fprintf(table, "limit\t%.2f\t\t%.2f\t\t\t\n", mebibytes(sizeLimit), milliseconds(startLimit))
	return table.Flush()
}

func mebibytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// median of an odd number is the middle one, of an even number the mean of the two in the middle.
func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	middle := len(sorted) / 2
	switch {
	case len(sorted) == 0:
		return 0
	case len(sorted)%2 == 1:
		return sorted[middle]
	default:
		return (sorted[middle-1] + sorted[middle]) / 2
	}
}
