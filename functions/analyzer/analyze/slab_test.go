package analyze

import "testing"

// Memory from large pages is as long as it was asked for, all zero, and can be written to its end.
func TestLarge(t *testing.T) {
	type odd [37]int64 // no page holds a whole number of them
	for _, n := range []int{0, 1, 7000, 7086, 7087, 8000, 30_000} {
		values := large[odd](n)
		if len(values) != n || cap(values) != n {
			t.Errorf("%d values: got %d, room for %d", n, len(values), cap(values))
		}
		for i := range values {
			if values[i] != (odd{}) {
				t.Fatalf("value %d of %d is %v", i, n, values[i])
			}
			values[i][0], values[i][36] = 1, 1
		}
	}
}
