package settings

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// unknown refuses keys that nothing reads, and secrets. Keys of other namespaces belong to providers or to Pulumi, and
// pass unless they look like a slip of one of ours.
func (l *loader) unknown() {
	for _, key := range slices.Sorted(maps.Keys(l.config)) {
		known := slices.Contains(Keys(), key)
		like := closest(key)
		switch {
		case known && slices.Contains(l.secret, key):
			l.remedy(key, "set", "--plaintext "+key+" VALUE",
				"is a secret, but the program shows it in plain text, in Lambda and in its state")
		case known:
		case like != "":
			l.remedy(key, "rm", key, "nothing reads this key, did you mean %s?", like)
		case strings.HasPrefix(key, Namespace+":"):
			l.remedy(key, "rm", key, "nothing reads this key; docs/settings.md lists the keys that there are")
		}
	}
}

// closest is the known key that differs from key in at most a third of its name's letters, or "".
func closest(key string) string {
	best, least := "", 0
	for _, known := range Keys() {
		_, name, _ := strings.Cut(known, ":")
		distance := levenshtein.Distance(strings.ToLower(key), strings.ToLower(known), nil)
		if distance <= len(name)/3 && (best == "" || distance < least) {
			best, least = known, distance
		}
	}
	return best
}

// problem notes what is wrong with the value of a key, and the command that sets it to example.
func (l *loader) problem(key, example, format string, args ...any) {
	l.remedy(key, "set", key+" "+example, format, args...)
}

// remedy notes what is wrong with a key, and the subcommand of `pulumi config` that mends it.
func (l *loader) remedy(key, command, args, format string, values ...any) {
	l.problems = append(l.problems, fmt.Errorf("%s: %s; pulumi config %s --stack %s %s",
		key, fmt.Sprintf(format, values...), command, l.stage, args))
}
