package main

import (
	"fmt"
	"strconv"
	"strings"
)

// byteSize is a size as a person writes it: 100MB, 1GB. Units are powers of ten.
type byteSize int64

var units = []struct {
	name  string
	bytes int64
}{{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}}

func (s byteSize) String() string {
	for _, u := range units {
		if int64(s) >= u.bytes && int64(s)%u.bytes == 0 {
			return strconv.FormatInt(int64(s)/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

func parseSizes(text string) ([]byteSize, error) {
	var sizes []byteSize
	for word := range strings.SplitSeq(text, ",") {
		number, factor := word, int64(1)
		for _, u := range units {
			if digits, ok := strings.CutSuffix(word, u.name); ok {
				number, factor = digits, u.bytes
				break
			}
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n <= 0 {
			return nil, fmt.Errorf("size %q: want such as 100MB or 1GB", word)
		}
		sizes = append(sizes, byteSize(n*factor))
	}
	return sizes, nil
}
