package main

import (
	"io"
	"os"
	"slices"
)

// paint colours text for a terminal, or leaves it.
type paint bool

// coloured reports whether w wants colours: it is a terminal, and nobody asked for none (see https://no-color.org).
func coloured(w io.Writer, lookup func(string) (string, bool)) paint {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	if off, _ := lookup("NO_COLOR"); off != "" {
		return false
	}
	if term, _ := lookup("TERM"); term == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (p paint) with(code, text string) string {
	if !p {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p paint) bold(text string) string { return p.with("1", text) }
func (p paint) soft(text string) string { return p.with("2", text) }

// way colours a text by the sign of what it tells: green up, red down.
func (p paint) way(x float64, text string) string {
	switch {
	case x > 0:
		return p.with("32", text)
	case x < 0:
		return p.with("31", text)
	default:
		return text
	}
}

// spark draws values as a line of blocks, the lowest and the highest at its ends.
func spark(values []float64) string {
	if len(values) == 0 {
		return ""
	}
	blocks := []rune("▁▂▃▄▅▆▇█")
	low, high := slices.Min(values), slices.Max(values)
	line := make([]rune, len(values))
	for i, x := range values {
		at := len(blocks) / 2
		if high > low {
			at = min(int((x-low)/(high-low)*float64(len(blocks))), len(blocks)-1)
		}
		line[i] = blocks[at]
	}
	return string(line)
}
