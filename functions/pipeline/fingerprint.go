package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Fingerprint stands for a set of series in at most 1,024 characters: the smallest 128 of their hashes, in hexadecimal,
// sorted. It is a bottom-k sketch; two of them tell how alike the sets are. Source: Broder, On the resemblance and
// containment of documents (1997).
type Fingerprint string

const (
	fingerprintHashes = 128
	hashLength        = 8
)

// NewFingerprint makes the fingerprint of the series of some insights.
func NewFingerprint(insights []Insight) Fingerprint {
	hashes := make([]string, len(insights))
	for i := range insights {
		s := insights[i].Series()
		sum := sha256.Sum256([]byte(s.Symbol + "\x00" + s.Exchange + "\x00" + s.Interval + "\x00" + s.Currency))
		hashes[i] = hex.EncodeToString(sum[:hashLength/2])
	}
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	var text []byte
	for _, h := range hashes[:min(len(hashes), fingerprintHashes)] {
		text = append(text, h...)
	}
	return Fingerprint(text)
}

// Likeness is how many of the series of either set are in both, 0 to 1 (the Jaccard index). It is exact for sets of up
// to 128 series, and an estimate with a standard error below 0.05 for larger ones.
func (f Fingerprint) Likeness(other Fingerprint) float64 {
	a, b := f.hashes(), other.hashes()
	shared, either := 0, 0
	for ; either < fingerprintHashes && len(a)+len(b) > 0; either++ {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			a = a[1:]
		case len(a) == 0 || b[0] < a[0]:
			b = b[1:]
		default:
			shared++
			a, b = a[1:], b[1:]
		}
	}
	if either == 0 {
		return 0
	}
	return float64(shared) / float64(either)
}

func (f Fingerprint) hashes() (all []string) {
	for ; len(f) >= hashLength; f = f[hashLength:] {
		all = append(all, string(f[:hashLength]))
	}
	return all
}
