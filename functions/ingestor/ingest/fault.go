package ingest

import (
	"fmt"
	"strconv"
)

// FileError says why nothing of a file can be used. The same bytes always give the same one.
type FileError struct {
	Code string
	// Pointer is the JSON pointer of the value that the file broke in, empty for the file itself.
	Pointer string
	// Offset is the byte where it broke.
	Offset int64
	Detail string
}

func (e *FileError) Error() string {
	return fmt.Sprintf("%s at byte %d: %s", e.Code, e.Offset, e.Detail)
}

// Line is the one line of `rejects/` that says why a file was refused, line break included.
func (run Run) Line(e *FileError) []byte {
	line := appendMember(rejectHead(run), "pointer", e.Pointer)
	line = strconv.AppendInt(append(line, `,"offset":`...), e.Offset, 10)
	return appendRules(appendReason(line, true, e.Code, "", e.Detail))
}
