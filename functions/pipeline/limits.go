package pipeline

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Limits bound what one file may cost the ingestor.
type Limits struct {
	// Object bounds the content, in bytes, decompressed.
	Object int64
	// Value bounds one row, one name and all names of one object, each in bytes, and with it the memory that a file can
	// make us use. Real rows have less than 300.
	Value int64
	// Depth bounds how deep objects and arrays nest. A batch has 6.
	Depth int64
	// Ratio bounds how many bytes one compressed byte may stand for, once there are more than 64 MiB of them. Indented
	// bars reach 30, and 1,032 is what deflate can reach at all.
	Ratio int64
}

// DefaultLimits are far beyond what the provider sends, and within what a function can carry out in its time.
func DefaultLimits() Limits { return Limits{Object: 10 << 30, Value: 1 << 20, Depth: 64, Ratio: 256} }

// named gives each limit under its name.
func (l *Limits) named() []struct {
	name string
	to   *int64
} {
	return []struct {
		name string
		to   *int64
	}{{"object", &l.Object}, {"value", &l.Value}, {"depth", &l.Depth}, {"ratio", &l.Ratio}}
}

// String spells limits as [ParseLimits] reads them.
func (l Limits) String() string {
	var parts []string
	for _, limit := range l.named() {
		parts = append(parts, fmt.Sprintf("%s=%d", limit.name, *limit.to))
	}
	return strings.Join(parts, ",")
}

// ParseLimits reads limits as settings spell them, such as `object=2GiB,value=64KiB,depth=16,ratio=100`, in any order;
// KiB, MiB and GiB may follow a number. What is not named keeps its default, so that the empty text stands for
// [DefaultLimits]. An error names what is wrong and what may stand there.
func ParseLimits(text string) (Limits, error) {
	limits := DefaultLimits()
	if text == "" {
		return limits, nil
	}
	var wrong []error
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if err := limits.set(name, value); err != nil {
			wrong = append(wrong, err)
		}
	}
	return limits, errors.Join(wrong...)
}

func (l *Limits) set(name, value string) error {
	var names []string
	for _, limit := range l.named() {
		if limit.name == name {
			n, err := parseSize(value)
			if err != nil {
				return fmt.Errorf("limit %s: %w", name, err)
			}
			*limit.to = n
			return nil
		}
		names = append(names, limit.name)
	}
	return fmt.Errorf("limit %q: not one of %s", name, strings.Join(names, ", "))
}

func parseSize(text string) (int64, error) {
	digits, unit := text, int64(1)
	for i, suffix := range []string{"KiB", "MiB", "GiB"} {
		if number, has := strings.CutSuffix(text, suffix); has {
			digits, unit = number, 1<<(10*(i+1))
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 1 || n > math.MaxInt64/unit {
		return 0, fmt.Errorf("%q is not a number above zero, with or without KiB, MiB or GiB", text)
	}
	return n * unit, nil
}
