package analyze_test

import (
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
)

// Rows of the version before give the same analysis as the rows of this version: an event of that version may still be
// in flight during a deployment, or be replayed months later.
func TestRowsOfVersionBefore(t *testing.T) {
	text, err := os.ReadFile("../testdata/weekly.v1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	old := strings.Split(strings.TrimSpace(string(text)), "\n")
	var rows []string
	for _, line := range old {
		var bar pipeline.Bar
		if err := json.Unmarshal([]byte(line), &bar); err != nil {
			t.Fatal(err)
		}
		if bar.Schema != 0 {
			t.Fatalf("%s: not a row of version 1", line)
		}
		bar.Schema = pipeline.Schema
		row, err := json.Marshal(bar)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, string(row))
	}
	unexported := cmpopts.IgnoreUnexported(analyze.Analysis{})
	if diff := cmp.Diff(result(t, rows), result(t, old), unexported); diff != "" {
		t.Errorf("(-this version +before):\n%s", diff)
	}
}

// A row of a newer version is handed back, whichever row it is and wherever it names its version.
func TestRowsOfNewerVersion(t *testing.T) {
	newer := `"schema":` + strconv.Itoa(pipeline.Schema+1)
	good := row("A", 0, 1, "")
	for name, bad := range map[string]string{
		"first member": strings.Replace(good, `"schema":2`, newer, 1),
		"last member":  strings.Replace(good[:len(good)-1], `"schema":2,`, "", 1) + `,` + newer + `}`,
		"twice":        good[:len(good)-1] + `,` + newer + `}`,
	} {
		for _, before := range []string{"", good + "\n", good + "\n" + row("A", 1, 2, "") + "\n" + row("A", 2, 3, "") + "\n"} {
			if _, err := analyze.Read(strings.NewReader(before + bad + "\n")); !errors.Is(err, pipeline.ErrNewerSchema) {
				t.Errorf("%s, after %d bytes: got %v", name, len(before), err)
			}
		}
	}
}

// One ticker on two exchanges, or in two currencies, is two series: a change never goes from one to the other.
func TestSeriesOfOneSymbol(t *testing.T) {
	line := func(names, day, price string) string {
		return `{"schema":2,"symbol":"TRP",` + names + `,"interval":"1day","currency":"USD","type":"Common Stock","datetime":"2018-01-` +
			day + `","open":` + price + `,"high":` + price + `,"low":` + price + `,"close":` + price + `}`
	}
	for name, two := range map[string][2]string{
		"codes":                  {`"mic_code":"XNYS","exchange":"NYSE"`, `"mic_code":"XTSE","exchange":"TSX"`},
		"codes of one name":      {`"mic_code":"XNGS","exchange":"NASDAQ"`, `"mic_code":"XNMS","exchange":"NASDAQ"`},
		"names without codes":    {`"exchange":"NYSE"`, `"exchange":"TSX"`},
		"one without any":        {`"exchange":"NYSE"`, `"type":"Common Stock"`},
		"currencies":             {`"exchange":"LSE","currency":"GBp"`, `"exchange":"LSE","currency":"GBP"`},
		"names that JSON quotes": {`"exchange":"N\u0059SE"`, `"exchange":"T\"SX"`},
	} {
		replace := func(s string) string { // the currency of the pair goes before the common one
			if strings.Contains(s, `"currency":"G`) {
				return strings.Replace(s, `"currency":"USD",`, "", 1)
			}
			return s
		}
		var rows []string
		for i, day := range []string{"02", "03", "04"} {
			rows = append(rows, replace(line(two[0], day, strconv.Itoa(60+i))), replace(line(two[1], day, strconv.Itoa(40+i))))
		}
		a := result(t, rows)
		if len(a.Insights) != 2 || a.Aggregates.Advancers != 2 || a.Aggregates.Series != 2 {
			t.Errorf("%s: %d insights, %+v", name, len(a.Insights), a.Aggregates)
			continue
		}
		if x, y := a.Insights[0].Series(), a.Insights[1].Series(); x == y || a.Insights[0].Bars != 3 || a.Insights[1].Bars != 3 {
			t.Errorf("%s: %+v and %+v", name, x, y)
		}
	}
}

// What a series says besides its identity comes from its rows, in whatever order these are.
func TestSeriesSaysItsKind(t *testing.T) {
	rows := []string{
		`{"schema":2,"symbol":"A","mic_code":"XNGS","exchange":"NASDAQ","interval":"1day","type":"ETF","datetime":"2018-01-02","open":1,"high":1,"low":1,"close":1}`,
		`{"schema":2,"symbol":"A","mic_code":"XNGS","interval":"1day","type":"Common Stock","datetime":"2018-01-03","open":1,"high":1,"low":1,"close":1}`,
	}
	for _, order := range [][]string{rows, {rows[1], rows[0]}} {
		a := result(t, order)
		if len(a.Insights) != 1 {
			t.Fatalf("%d insights", len(a.Insights))
		}
		if in := a.Insights[0]; in.MICCode != "XNGS" || in.Exchange != "NASDAQ" || in.Type != "Common Stock" {
			t.Errorf("got %q, %q, %q", in.MICCode, in.Exchange, in.Type)
		}
	}
}
