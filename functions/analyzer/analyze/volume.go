package analyze

import "fmt"

const (
	// VolumeBars is how many volumes before a bar make its usual volume, VolumeMin how few may.
	VolumeBars = 20
	VolumeMin  = 5
)

// RelativeVolume is the last volume over the usual one, the mean of those of the up to 20 bars before it that have a
// volume; the last is not part of it:
//
//	v[n-1] / mean(v[n-21] … v[n-2])
//
// It is a multiple and needs 5 volumes before the last. Source: Murphy (1999), chapter 7.
func RelativeVolume(bars []Bar) (float64, error) {
	if err := needs(bars, VolumeMin+1); err != nil {
		return 0, err
	}
	this := bars[len(bars)-1]
	if this.Volume < 0 {
		return 0, absence("the last bar has no volume")
	}
	var sum, count float64
	for _, bar := range last(bars[:len(bars)-1], VolumeBars) {
		if bar.Volume >= 0 {
			sum, count = sum+bar.Volume, count+1
		}
	}
	switch {
	case count < VolumeMin:
		return 0, absence(fmt.Sprintf("needs %d volumes before the last, has %d", VolumeMin, int(count)))
	case sum == 0:
		return 0, absence("nothing was traded before the last bar")
	case !finite(sum):
		return 0, errRange
	default:
		return within(this.Volume / (sum / count))
	}
}
