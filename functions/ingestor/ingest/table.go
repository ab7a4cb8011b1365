package ingest

import "github.com/mejan/mejan/functions/pipeline"

// facts are what the short way makes sure of before it takes a row. A check that a row with one of them cannot fail
// says so, and is then not made of rows that have them all.
type facts uint8

const (
	// plain: each column is there and of its type, a volume excepted, and plain digits; the datetime is a day, or a time
	// if the interval asks for one.
	plain facts = 1 << iota
	// positive: every price is above zero.
	positive
	// ordered: no price is below the low or above the high.
	ordered
	// traded: there is no volume, or a whole one above zero.
	traded
	// follows: the row is of the next time in the direction of the series, a session later if the series has sessions, and
	// not in the future. So no row before had its time.
	follows
	// near: the close is too near that of the row before for a split or another unit.
	near
)

// table is the catalogue as a judge uses it.
type table struct {
	checks []Check
	// refuses says which checks refuse a row, by their place. The others warn.
	refuses []bool
	// short says that rows with all facts need no check. It is so as long as each check of rows says which facts exclude
	// it: one that does not is made of every row, which takes three times as long and misses nothing.
	short bool
}

// newTable is the table of checks, each of the level that level tells.
func newTable(checks []Check, level func(Check) pipeline.Level) *table {
	t := &table{checks: checks, refuses: make([]bool, len(checks)), short: true}
	for i, check := range checks {
		t.refuses[i] = level(check) == pipeline.LevelReject
		if (check.row != nil || check.step != nil) && check.excludedBy == 0 {
			t.short = false
		}
	}
	return t
}

// standard is the table of the catalogue. It is made once, so that no row costs a look-up.
var standard = newTable(catalogue[:], Check.Level)
