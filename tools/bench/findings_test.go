package main

import (
	"strings"
	"testing"
)

// Promise: programs that disagree on one figure, or lack one unannounced, are found out.
func TestAgree(t *testing.T) {
	const market = `"aggregates":{"advancers":1,"decliners":0,"unchanged":0,"average_change":1.5,"dispersion":0}`
	analysis := func(figures string) string { return `{"insights":[{"symbol":"A",` + figures + `}],` + market + `}` }
	const whole = `"close":10,"change_1":1.5,"change_20":2,"volatility":0.25,"rsi_14":60`
	tests := map[string]struct {
		other string
		lacks []string
		want  string
	}{
		"same":            {other: analysis(whole)},
		"rounded":         {other: analysis(strings.Replace(whole, "0.25", "0.2500004", 1))},
		"another figure":  {other: analysis(strings.Replace(whole, "0.25", "0.26", 1)), want: "A: volatility"},
		"another market":  {other: strings.Replace(analysis(whole), `"decliners":0`, `"decliners":1`, 1), want: "market: decliners"},
		"announced gap":   {other: analysis(strings.Replace(whole, `,"rsi_14":60`, "", 1)), lacks: []string{"rsi_14"}},
		"unannounced gap": {other: analysis(strings.Replace(whole, `,"rsi_14":60`, "", 1)), want: "A: rsi_14"},
		"no such symbol":  {other: `{"insights":[],` + market + `}`, want: "A: close"},
	}
	one, err := parseFindings([]byte(analysis(whole)))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			other, err := parseFindings([]byte(test.other))
			if err != nil {
				t.Fatal(err)
			}
			err = one.agree(other, test.lacks)
			if (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
	if (findings{}).agree(one, nil) == nil {
		t.Error("nothing agrees with everything")
	}
}
