package settings_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/settings"
)

// docs/settings.md lists every key, once, in the right namespace; its default is the value of a stage that does not set
// it, and its example is accepted.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "settings.md"))
	if err != nil {
		t.Fatal(err)
	}
	before, err := load(t, required(nil))
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| `((?:mejan|aws):\\w+)` \\| (.*) \\| (.*) \\| `(.*)` \\|$")
	var keys []string
	for _, match := range row.FindAllStringSubmatch(string(page), -1) {
		key, otherwise, example := match[1], match[2], strings.Trim(match[4], "'")
		keys = append(keys, key)
		example = strings.ReplaceAll(example, "example.com", "mejan.io")
		change := companions(key)
		change[key] = example
		if key == "aws:region" || key == "mejan:modelId" {
			// The two go together, and the price is not known there.
			change = map[string]string{
				"aws:region": "eu-west-1", "mejan:modelId": "eu.amazon.nova-lite-v1:0", "mejan:modelPrice": "1/2",
			}
			if change[key] != example {
				t.Errorf("%s: example %q, want %q", key, example, change[key])
			}
		}
		if strings.HasPrefix(key, "mejan:github") || strings.HasPrefix(key, "mejan:state") {
			change = github(change) // they go together
		}
		if _, err := load(t, required(change)); err != nil {
			t.Errorf("%s: the example is refused: %v", key, err)
		}
		value, set := strings.CutPrefix(otherwise, "`")
		if !set {
			continue
		}
		value, _, _ = strings.Cut(value, "`")
		after, err := load(t, required(map[string]string{key: value}))
		if diff := cmp.Diff(before, after); err != nil || diff != "" {
			t.Errorf("%s: %q is not the default (-default +set): %v\n%s", key, value, err, diff)
		}
	}
	want := settings.Keys()
	slices.Sort(want)
	slices.Sort(keys)
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("keys (-read +documented):\n%s", diff)
	}
}

// docs/cost.md shows the price of every model that is known, and what the example of a run costs with it.
func TestDocsOfPrices(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "cost.md"))
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| .* \\| `(.*)` \\| \\$(.*) / \\$(.*) \\| \\$(.*) \\|$")
	rows := row.FindAllStringSubmatch(string(page), -1)
	for _, match := range rows {
		s, err := load(t, required(map[string]string{"mejan:modelId": match[1]}))
		if err != nil {
			t.Errorf("%s: %v", match[1], err)
			continue
		}
		want, err := pipeline.ParsePrice(match[2] + "/" + match[3])
		if err != nil || s.Model.Price != want {
			t.Errorf("%s: price %v, the page says %v: %v", match[1], s.Model.Price, want, err)
		}
		if got := fmt.Sprintf("%.5f", s.Model.Price.Cost(2000, 400)); got != match[4] {
			t.Errorf("%s: a run costs %s, the page says %s", match[1], got, match[4])
		}
	}
	if len(rows) != len(settings.Prices) {
		t.Errorf("the page shows %d models, %d have a price", len(rows), len(settings.Prices))
	}
}
