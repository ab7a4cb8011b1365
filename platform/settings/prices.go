package settings

import (
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// pricesChecked is when [prices] was last compared with https://aws.amazon.com/bedrock/pricing/.
const pricesChecked = "2026-11"

// prices is what models cost on demand, by inference profile. The same model has another price through another
// geography, so a profile that is not listed has no known price. Through the `us.` profile a model costs what it costs
// without a profile in a region of the US.
var prices = map[string]pipeline.Price{
	"us.amazon.nova-micro-v1:0":                       {In: 0.035, Out: 0.14},
	"us.amazon.nova-lite-v1:0":                        {In: 0.06, Out: 0.24},
	"us.amazon.nova-pro-v1:0":                         {In: 0.80, Out: 3.20},
	"us.amazon.nova-2-lite-v1:0":                      {In: 0.33, Out: 2.75},
	"global.amazon.nova-2-lite-v1:0":                  {In: 0.30, Out: 2.50},
	"global.anthropic.claude-haiku-4-5-20251001-v1:0": {In: 1.00, Out: 5.00},
}

// price reads the setting. If it is not set, the table gives the price of the model or profile id, called from region.
func (l *loader) price(id, region string) pipeline.Price {
	const example = "IN/OUT"
	if value := l.config[keyModelPrice]; value != "" {
		price, err := pipeline.ParsePrice(value)
		if err != nil {
			l.problem(keyModelPrice, example, "%v", err)
		}
		return price
	}
	price, known := prices[id]
	if !known && (strings.HasPrefix(region, "us-east-") || strings.HasPrefix(region, "us-west-")) {
		price, known = prices["us."+id]
	}
	if !known {
		l.problem(keyModelPrice, example, "not set, and the table of %s has no price of %s in %s; look up the dollars "+
			"per million tokens, in and out, at https://aws.amazon.com/bedrock/pricing", pricesChecked, id, region)
	}
	return price
}
