package s3

import (
	"crypto/sha1" //nolint:gosec // x-amz-checksum-sha1
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"net/http"
	"slices"
	"strings"

	"github.com/mejan/mejan/local/wire"
)

// The two types of an object's checksum.
const (
	// fullObject is a checksum over all bytes.
	fullObject = "FULL_OBJECT"
	// composite is a checksum over the checksums of the parts, followed by -N for N parts.
	composite = "COMPOSITE"
)

// algorithm is one that S3 can compute a checksum by.
type algorithm struct {
	// name is in capitals, as x-amz-checksum-algorithm spells it.
	name string
	hash func() hash.Hash
	// types are the types that an upload in parts may have; the first is the default.
	types []string
	// element picks the algorithm's element in a document.
	element func(*checksums) *string
}

// nvme is the polynomial of CRC-64/NVME, bits reversed.
const nvme = 0x9A6C9329AC4BC9B5

// defaultAlgorithm is the one by which S3 sums up an object whose writer asked for none.
var defaultAlgorithm = &algorithm{
	"CRC64NVME", func() hash.Hash { return crc64.New(crc64.MakeTable(nvme)) },
	[]string{fullObject},
	func(c *checksums) *string { return &c.ChecksumCRC64NVME },
}

var algorithms = []*algorithm{
	{
		"CRC32", func() hash.Hash { return crc32.NewIEEE() },
		[]string{composite, fullObject},
		func(c *checksums) *string { return &c.ChecksumCRC32 },
	},
	{
		"CRC32C", func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
		[]string{composite, fullObject},
		func(c *checksums) *string { return &c.ChecksumCRC32C },
	},
	defaultAlgorithm,
	{"SHA1", sha1.New, []string{composite}, func(c *checksums) *string { return &c.ChecksumSHA1 }},
	{"SHA256", sha256.New, []string{composite}, func(c *checksums) *string { return &c.ChecksumSHA256 }},
}

// algorithmNamed finds an algorithm, whatever the case of its name; nil for one that is not served.
func algorithmNamed(name string) *algorithm {
	for _, a := range algorithms {
		if strings.EqualFold(a.name, name) {
			return a
		}
	}
	return nil
}

const checksumPrefix = "X-Amz-Checksum-"

func (a *algorithm) header() string { return http.CanonicalHeaderKey(checksumPrefix + a.name) }

// spelled reports whether a text is a checksum of the algorithm, right or wrong.
func (a *algorithm) spelled(value string) bool {
	sum, err := base64.StdEncoding.Strict().DecodeString(value)
	return err == nil && len(sum) == a.hash().Size()
}

// checksum is what S3 stores and tells about the bytes of an object, besides the ETag. In a part it has no kind.
type checksum struct {
	algorithm *algorithm
	kind      string
	// value is in base64, followed by -N where it is composite.
	value string
}

// write tells readers in the header of an answer.
func (c checksum) write(h http.Header) {
	h.Set(c.algorithm.header(), c.value)
	if c.kind != "" {
		h.Set("X-Amz-Checksum-Type", c.kind)
	}
}

// document tells readers in a document.
func (c checksum) document() checksums {
	d := checksums{ChecksumType: c.kind}
	*c.algorithm.element(&d) = c.value
	return d
}

// checksums is the part of a document that is about checksums.
type checksums struct {
	ChecksumCRC32     string `xml:",omitempty"`
	ChecksumCRC32C    string `xml:",omitempty"`
	ChecksumCRC64NVME string `xml:",omitempty"`
	ChecksumSHA1      string `xml:",omitempty"`
	ChecksumSHA256    string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
}

// single reads the one checksum of a part in a document. It is empty if there is none.
func (d *checksums) single() (c checksum, e *wire.Error) {
	for _, a := range algorithms {
		value := *a.element(d)
		if value == "" {
			continue
		}
		if c.algorithm != nil || !a.spelled(value) {
			return checksum{}, errInvalidArgument("Invalid Base64 or multiple checksums present in request")
		}
		c = checksum{algorithm: a, value: value}
	}
	return c, nil
}

// sent reads the checksum that a request carries. Its value is empty if it follows the body as a trailer, and its
// algorithm is nil if the request has none.
func sent(h http.Header) (checksum, *wire.Error) {
	var names []string
	for name := range h {
		switch name {
		case "X-Amz-Checksum-Algorithm", "X-Amz-Checksum-Mode", "X-Amz-Checksum-Type":
		default:
			if strings.HasPrefix(name, checksumPrefix) {
				names = append(names, name)
			}
		}
	}
	if name := http.CanonicalHeaderKey(h.Get("X-Amz-Trailer")); strings.HasPrefix(name, checksumPrefix) {
		names = append(names, name)
	}
	announced := h.Get("X-Amz-Sdk-Checksum-Algorithm")
	switch {
	case len(names) > 1:
		return checksum{}, errInvalidRequest(
			"Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
	case len(names) == 0 && announced == "":
		return checksum{}, nil
	case len(names) == 0:
		return checksum{}, errBadHeader("x-amz-sdk-checksum-algorithm")
	}
	a := algorithmNamed(strings.TrimPrefix(names[0], checksumPrefix))
	switch {
	case a == nil:
		return checksum{}, errNotImplemented("support for the header %s", strings.ToLower(names[0]))
	case announced != "" && !strings.EqualFold(announced, a.name):
		return checksum{}, errBadHeader("x-amz-sdk-checksum-algorithm")
	}
	return checksum{algorithm: a, value: h.Get(names[0])}, nil
}

// declared reads which checksum an upload is begun with: none, or an algorithm and a type.
func declared(h http.Header) (*algorithm, string, *wire.Error) {
	name, kind := h.Get("X-Amz-Checksum-Algorithm"), h.Get("X-Amz-Checksum-Type")
	a := algorithmNamed(name)
	switch {
	case name == "" && kind == "":
		return nil, "", nil
	case name == "":
		return nil, "", errInvalidRequest(
			"The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
	case a == nil:
		return nil, "", errInvalidRequest("Checksum algorithm provided is unsupported. " +
			"Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")
	case kind == "":
		return a, a.types[0], nil
	case kind != fullObject && kind != composite:
		return nil, "", errBadHeader("x-amz-checksum-type")
	case !slices.Contains(a.types, kind):
		return nil, "", errInvalidRequest("The %s checksum type cannot be used with the %s checksum algorithm.",
			kind, strings.ToLower(a.name))
	default:
		return a, kind, nil
	}
}
