package pipeline

import (
	"fmt"
	"strings"
	"unicode"
)

// IsInput reports whether an object is for the ingestor: under `inputs/`, ending in `.json` or `.json.gz`, in any case.
func IsInput(key string) bool { return WhyIgnored(key) == "" }

// WhyIgnored says why an object is not for the ingestor, and what the uploader can do. It is empty for an input.
func WhyIgnored(key string) string {
	visible := strings.TrimRightFunc(key, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) })
	switch {
	case !strings.HasPrefix(key, InputPrefix):
		return fmt.Sprintf("it is not under %s: upload it there", InputPrefix)
	case strings.HasSuffix(key, "/"):
		return "its key ends in / and names a folder: upload the file under a name of its own"
	case namesJSON(key):
		return ""
	case namesJSON(visible):
		return fmt.Sprintf("its name ends in a space or another invisible character: upload it as %q", visible)
	default:
		return "its name does not end in .json or .json.gz: if it is a file of bars, upload it under a name that does"
	}
}

func namesJSON(key string) bool {
	key = strings.ToLower(key)
	return strings.HasSuffix(key, ".json") || strings.HasSuffix(key, ".json.gz")
}

// IsFolder reports whether an object only marks a folder, as the S3 console makes one: it is empty, and its key ends in
// `/`.
func IsFolder(key string, size int64) bool { return size == 0 && strings.HasSuffix(key, "/") }
