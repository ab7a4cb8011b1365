package s3

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/mejan/mejan/local/wire"
)

// condition says what must hold of the current version for a write to take effect.
type condition struct {
	// absent: there is none.
	absent bool
	// etag: it has this one; "" for any.
	etag string
}

// writeCondition reads the condition of a write. S3 knows If-None-Match for * only.
func writeCondition(h http.Header) (condition, *wire.Error) {
	var c condition
	switch h.Get("If-None-Match") {
	case "":
	case "*":
		c.absent = true
	default:
		return c, errNotImplemented("write with If-None-Match other than *")
	}
	if c.etag = unquoted(h.Get("If-Match")); c.etag == "*" {
		return c, errNotImplemented("write with If-Match *")
	}
	return c, nil
}

// any reports whether there is something to check.
func (c condition) any() bool { return c != condition{} }

// check judges a write over the current version, which may be nil.
func (c condition) check(current *version) *wire.Error {
	switch {
	case c.absent && current != nil:
		return errPrecondition
	case c.etag != "" && current == nil:
		return errNoSuchKey
	case c.etag != "" && current.ETag != c.etag:
		return errPrecondition
	default:
		return nil
	}
}

func unquoted(etag string) string { return strings.Trim(etag, `"`) }

// readable judges the conditions of a read, in HTTP's order of precedence.
func readable(h http.Header, o Object) *wire.Error {
	if match := h.Get("If-Match"); match != "" {
		if !listed(match, o.ETag) {
			return errPrecondition
		}
	} else if changed, ok := changedSince(h.Get("If-Unmodified-Since"), o); ok && changed {
		return errPrecondition
	}
	if none := h.Get("If-None-Match"); none != "" {
		if listed(none, o.ETag) {
			return errNotModified
		}
	} else if changed, ok := changedSince(h.Get("If-Modified-Since"), o); ok && !changed {
		return errNotModified
	}
	return nil
}

// changedSince compares to the second, which is as fine as the header is; ok is false where there is none.
func changedSince(header string, o Object) (changed, ok bool) {
	t, err := http.ParseTime(header)
	return o.Modified.Truncate(time.Second).After(t), err == nil
}

// listed reports whether a list of ETags, or *, names one.
func listed(list, etag string) bool {
	for part := range strings.SplitSeq(list, ",") {
		if part = unquoted(strings.TrimPrefix(strings.TrimSpace(part), "W/")); part == etag || part == "*" {
			return true
		}
	}
	return false
}

// span is the part of an object that a reader asked for.
type span struct {
	offset, length int64
	partial        bool
}

// readSpan reads a Range header. As S3 does, it takes the whole object where the header is not one range of bytes.
func readSpan(header string, size int64) (span, *wire.Error) {
	whole := span{length: size}
	text, ok := strings.CutPrefix(header, "bytes=")
	from, to, dash := strings.Cut(text, "-")
	if !ok || !dash {
		return whole, nil
	}
	last, err := strconv.ParseInt(to, 10, 64)
	if to == "" {
		last, err = size-1, nil
	}
	if err != nil || last < 0 && size > 0 {
		return whole, nil //nolint:nilerr // what is no range is not looked at
	}
	if from == "" { // The last bytes.
		if to == "" {
			return whole, nil
		}
		if last == 0 || size == 0 {
			return whole, errInvalidRange
		}
		n := min(last, size)
		return span{offset: size - n, length: n, partial: true}, nil
	}
	first, err := strconv.ParseInt(from, 10, 64)
	switch {
	case err != nil || first < 0 || (to != "" && last < first):
		return whole, nil //nolint:nilerr // as above
	case first >= size:
		return whole, errInvalidRange
	}
	last = min(last, size-1)
	return span{offset: first, length: last - first + 1, partial: true}, nil
}
