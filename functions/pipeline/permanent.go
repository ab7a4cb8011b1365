package pipeline

import (
	"errors"
	"slices"
)

// Permanent reports whether another try cannot help, so that a person has to act: err is one of final. Every other
// error is worth another try. That includes a refused permission, because the permissions of a fresh deployment arrive
// late, and [ErrNewerSchema], whatever else is in its chain, because the newer version may be on its way.
func Permanent(err error, final ...error) bool {
	return !errors.Is(err, ErrNewerSchema) &&
		slices.ContainsFunc(final, func(f error) bool { return errors.Is(err, f) })
}
