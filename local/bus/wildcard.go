package bus

import (
	"errors"
	"strings"
)

// splitWildcard cuts a wildcard at its stars. A backslash makes a star or a backslash ordinary.
func splitWildcard(wildcard string) ([]string, error) {
	var parts []string
	var part strings.Builder
	star := false
	for i := 0; i < len(wildcard); i++ {
		c := wildcard[i]
		if c == '*' {
			if star {
				return nil, errors.New("consecutive stars are not allowed")
			}
			star, parts = true, append(parts, part.String())
			part.Reset()
			continue
		}
		star = false
		if c == '\\' {
			i++
			if i == len(wildcard) || (wildcard[i] != '*' && wildcard[i] != '\\') {
				return nil, errors.New(`a backslash must stand before * or \`)
			}
			c = wildcard[i]
		}
		part.WriteByte(c)
	}
	return append(parts, part.String()), nil
}

// matchWildcard reports whether text is the parts in order, with anything between two of them. Taking the leftmost
// place for each part never misses a match, since what a part leaves over only grows.
func matchWildcard(parts []string, text string) bool {
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return text == first
	}
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return true
}
