package settings

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// Model is a Bedrock model, and what a call of it takes.
type Model struct {
	// ID is the id of the call: a model, `amazon.nova-lite-v1:0`, or an inference profile, `us.amazon.nova-lite-v1:0`.
	ID string
	// Foundation is the id of the model itself, without the geography of a profile.
	Foundation string
	// Regions are the regions whose foundation model a role must be allowed to call, as patterns of IAM. "" stands for an
	// ARN without a region: Bedrock asks for that one when a global profile chooses the region.
	Regions []string
	// Price is what its tokens cost.
	Price pipeline.Price
}

// IsProfile reports whether the model is called through an inference profile.
func (m Model) IsProfile() bool { return m.ID != m.Foundation }

// geography is one kind of system-defined inference profile.
type geography struct {
	prefix string
	// sources are the regions that a call may come from, and answers those that may answer it, as patterns.
	sources, answers []string
}

// geographies lists the profiles. The first that serves a region is suggested as the remedy, so the ones with the most
// models come first. The regions of a profile differ by model; these are the regions that at least one model has.
//
// Sources: "Supported Regions and models for inference profiles", "Geographic cross-Region inference" and "Global
// cross-Region inference" in the user guide of Amazon Bedrock. A call through a geographic profile needs permission for
// the profile, and for the model in the source region and in each region that may answer. A call through a global one
// needs it for the profile, the model in the source region, and the model under an ARN without a region.
var geographies = []geography{
	{"us", []string{"us-east-*", "us-west-*", "ca-central-1"}, []string{"us-*"}},
	{"us-gov", []string{"us-gov-*"}, []string{"us-gov-*"}},
	{"eu", []string{"eu-*", "il-central-1"}, []string{"eu-*"}},
	{"apac", []string{"ap-*", "me-central-1"}, []string{"ap-*", "me-central-1"}},
	{"jp", []string{"ap-northeast-1", "ap-northeast-3"}, []string{"ap-northeast-1", "ap-northeast-3"}},
	{"au", []string{"ap-southeast-2", "ap-southeast-4", "ap-southeast-6"}, []string{
		"ap-southeast-2", "ap-southeast-4", "ap-southeast-6",
	}},
	{"ca", []string{"ca-*"}, []string{"ca-*"}},
	{"global", []string{
		"us-east-*", "us-west-*", "ca-*", "mx-*", "sa-*", "eu-*", "ap-*", "me-*", "il-*", "af-*",
	}, []string{""}},
}

func (g geography) serves(region string) bool {
	return slices.ContainsFunc(g.sources, func(pattern string) bool { return matches(pattern, region) })
}

func matches(pattern, region string) bool {
	ok, err := path.Match(pattern, region)
	return ok && err == nil
}

// modelForm is `provider.model`, with a version if the model has one. Within a model's name a dot stands before a digit
// only, as in `zai.glm-4.6`, and a provider has three characters or more; so a geography that is not listed above does
// not pass for a provider.
var modelForm = regexp.MustCompile(`^[a-z0-9]{3,}\.[a-z0-9][a-z0-9-]*(\.[0-9][a-z0-9-]*)*(:[0-9]+)?$`)

// maxModelID is the length of Bedrock's own ids, and keeps the analyzer's environment short.
const maxModelID = 140

// model reads the model and its price, for calls from region.
func (l *loader) model(region string) Model {
	id := l.config[keyModelID]
	if id == "" {
		id = defaultModel
	}
	m := Model{ID: id, Foundation: id, Regions: []string{region}}
	prefix, rest, _ := strings.Cut(id, ".")
	at := slices.IndexFunc(geographies, func(g geography) bool { return g.prefix == prefix })
	if at >= 0 {
		m.Foundation = rest
	}
	if !modelForm.MatchString(m.Foundation) || len(id) > maxModelID {
		l.problem(keyModelID, defaultModel, "%q is neither a Bedrock model nor an inference profile of %s",
			id, strings.Join(prefixes(geographies), ", "))
		return m
	}
	if at < 0 {
		m.Price = l.price(id, region)
		return m
	}
	g := geographies[at]
	m.Regions = g.grants(region)
	if !g.serves(region) && regionForm.MatchString(region) {
		// The price is checked for the suggested profile, so that the next preview does not refuse that one.
		id = l.misfit(m, region)
	}
	m.Price = l.price(id, region)
	return m
}

// grants are the regions of [Model.Regions] for calls from region.
func (g geography) grants(region string) []string {
	if slices.ContainsFunc(g.answers, func(pattern string) bool { return matches(pattern, region) }) {
		return g.answers
	}
	return append([]string{region}, g.answers...)
}

// misfit says which profiles of a model can be called from region, and returns the id that is suggested.
func (l *loader) misfit(m Model, region string) string {
	var fit []geography
	for _, g := range geographies {
		if g.serves(region) {
			fit = append(fit, g)
		}
	}
	if len(fit) == 0 {
		l.problem(keyModelID, m.Foundation, "%q cannot be called from %s, nor can any other profile", m.ID, region)
		return m.Foundation
	}
	suggested := fit[0].prefix + "." + m.Foundation
	l.problem(keyModelID, suggested, "%q cannot be called from %s; there, profiles begin with %s",
		m.ID, region, strings.Join(prefixes(fit), " or "))
	return suggested
}

func prefixes(list []geography) []string {
	var names []string
	for _, g := range list {
		names = append(names, g.prefix+".")
	}
	return names
}
