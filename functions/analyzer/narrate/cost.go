package narrate

import "strings"

// price is in US dollars per million tokens.
type price struct{ in, out float64 }

// prices of Bedrock on demand, us-east-1, checked 2026-11. An inference profile costs what its model does.
var prices = map[string]price{
	"amazon.nova-micro-v1:0": {0.035, 0.14},
	"amazon.nova-lite-v1:0":  {0.06, 0.24},
	"amazon.nova-pro-v1:0":   {0.80, 3.20},
}

// Cost is what a model charges for that many tokens, in US dollars. It is 0 for a model whose price is not known. The
// id may be that of a model, of an inference profile such as `us.amazon.nova-lite-v1:0`, or an ARN that ends in one
// of them.
func Cost(model string, in, out int) float64 {
	model = model[strings.LastIndexByte(model, '/')+1:]
	if region, rest, ok := strings.Cut(model, "."); ok && profiles[region] {
		model = rest
	}
	p := prices[model]
	return (float64(in)*p.in + float64(out)*p.out) / 1e6
}

// profiles are the prefixes of system-defined inference profiles.
var profiles = map[string]bool{"us": true, "us-gov": true, "eu": true, "apac": true, "global": true}
