package generate

import "slices"

// fault makes a row one that every reader must refuse, by what the row shows on its own.
type fault struct {
	// code is what the row is refused for, at least.
	code  string
	apply func(*row)
}

// faults has every kind and spelling once. Bars that come twice or out of order are not among them: to find those, a
// reader has to remember rows, which the peers do not.
func faults() []fault {
	prices := []int{openPrice, highPrice, lowPrice, closePrice}
	required := slices.Concat([]int{datetime}, prices)
	numbers := slices.Concat(prices, []int{volume})
	tables := []struct {
		code   string
		fields []int
		values []string
	}{
		{"FIELD_MISSING", required, []string{""}},
		{"FIELD_TYPE", required, []string{`null`}},
		{"FIELD_TYPE", slices.Concat(required, []int{volume}), []string{`true`, `{"amount": "1"}`, `["1"]`}},
		{"NOT_A_NUMBER", numbers, []string{
			`"abc"`, `"NaN"`, `"Infinity"`, `"1e3"`, `"0x1p4"`, `"1_000"`, `""`, `"+1"`, `".5"`, `"1."`,
		}},
		{"PRICE_NOT_POSITIVE", prices, []string{`"0.00000"`, `"-1.50000"`}},
		{"VOLUME_NEGATIVE", []int{volume}, []string{`"-100"`}},
		{"DATETIME_FORMAT", []int{datetime}, []string{`"2018-02-30"`, `"2018/01/02"`, `""`}},
		{"FUTURE_BAR", []int{datetime}, []string{`"2099-01-05"`}},
	}
	all := []fault{
		{"HIGH_BELOW_BODY", func(r *row) { r[highPrice] = r[lowPrice] }},
		{"LOW_ABOVE_BODY", func(r *row) { r[lowPrice] = r[highPrice] }},
		{"HIGH_BELOW_LOW", func(r *row) { r[highPrice], r[lowPrice] = r[lowPrice], r[highPrice] }},
	}
	for _, t := range tables {
		for _, value := range t.values {
			for _, field := range t.fields {
				all = append(all, fault{t.code, func(r *row) { r[field] = value }})
			}
		}
	}
	return all
}
