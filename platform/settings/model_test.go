package settings_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/settings"
)

// A profile is called from the regions that it has, and the analyzer may call the model wherever the answer comes from.
func TestModelRegions(t *testing.T) {
	const nova = "amazon.nova-lite-v1:0"
	for _, tt := range []struct {
		id, region string
		want       settings.Model
	}{
		{nova, "eu-west-2", settings.Model{Foundation: nova, Regions: []string{"eu-west-2"}}},
		{"us." + nova, "us-west-2", settings.Model{Foundation: nova, Regions: []string{"us-*"}}},
		{"us.anthropic.claude-3", "ca-central-1", settings.Model{
			Foundation: "anthropic.claude-3", Regions: []string{"ca-central-1", "us-*"},
		}},
		{"us-gov." + nova, "us-gov-west-1", settings.Model{Foundation: nova, Regions: []string{"us-gov-*"}}},
		{"eu." + nova, "eu-north-1", settings.Model{Foundation: nova, Regions: []string{"eu-*"}}},
		{"eu.anthropic.claude-3", "il-central-1", settings.Model{
			Foundation: "anthropic.claude-3", Regions: []string{"il-central-1", "eu-*"},
		}},
		{"apac." + nova, "ap-south-1", settings.Model{Foundation: nova, Regions: []string{"ap-*", "me-central-1"}}},
		{"jp.amazon.nova-2-lite-v1:0", "ap-northeast-3", settings.Model{
			Foundation: "amazon.nova-2-lite-v1:0", Regions: []string{"ap-northeast-1", "ap-northeast-3"},
		}},
		{"au.anthropic.claude-3", "ap-southeast-6", settings.Model{
			Foundation: "anthropic.claude-3", Regions: []string{"ap-southeast-2", "ap-southeast-4", "ap-southeast-6"},
		}},
		{"ca." + nova, "ca-west-1", settings.Model{Foundation: nova, Regions: []string{"ca-*"}}},
		{"global.amazon.nova-2-lite-v1:0", "sa-east-1", settings.Model{
			Foundation: "amazon.nova-2-lite-v1:0", Regions: []string{"sa-east-1", ""},
		}},
		{"zai.glm-4.6", "us-east-1", settings.Model{Foundation: "zai.glm-4.6", Regions: []string{"us-east-1"}}},
	} {
		s, err := load(t, required(map[string]string{
			"mejan:modelId": tt.id, "aws:region": tt.region, "mejan:modelPrice": "1/2",
		}))
		if err != nil {
			t.Errorf("%s in %s: %v", tt.id, tt.region, err)
			continue
		}
		tt.want.ID, tt.want.Price = tt.id, pipeline.Price{In: 1, Out: 2}
		if diff := cmp.Diff(tt.want, s.Model); diff != "" {
			t.Errorf("%s in %s (-want +got):\n%s", tt.id, tt.region, diff)
		}
	}
}

// A profile that cannot be called from the stage's region is refused, and the remedy is one that can.
func TestModelMisfits(t *testing.T) {
	for _, tt := range []struct{ id, region, fit, remedy string }{
		{"", "eu-west-1", "eu. or global.", "eu.amazon.nova-lite-v1:0"},
		{"us.amazon.nova-lite-v1:0", "eu-west-1", "eu. or global.", "eu.amazon.nova-lite-v1:0"},
		{"us.amazon.nova-lite-v1:0", "us-gov-west-1", "us-gov.", "us-gov.amazon.nova-lite-v1:0"},
		{"us-gov.amazon.nova-lite-v1:0", "us-east-1", "us. or global.", "us.amazon.nova-lite-v1:0"},
		{"global.amazon.nova-2-lite-v1:0", "us-gov-east-1", "us-gov.", "us-gov.amazon.nova-2-lite-v1:0"},
		{"eu.amazon.nova-lite-v1:0", "ap-northeast-1", "apac. or jp. or global.", "apac.amazon.nova-lite-v1:0"},
		{"jp.amazon.nova-2-lite-v1:0", "ap-southeast-2", "apac. or au. or global.", "apac.amazon.nova-2-lite-v1:0"},
		{"eu.amazon.nova-lite-v1:0", "ca-central-1", "us. or ca. or global.", "us.amazon.nova-lite-v1:0"},
		{"us.amazon.nova-lite-v1:0", "sa-east-1", "global.", "global.amazon.nova-lite-v1:0"},
	} {
		_, err := load(t, required(map[string]string{
			"mejan:modelId": tt.id, "aws:region": tt.region, "mejan:modelPrice": "1/2",
		}))
		refusedWith(t, err, "cannot be called from "+tt.region+"; there, profiles begin with "+tt.fit+
			"; pulumi config set --stack dev mejan:modelId "+tt.remedy)
	}
	_, err := load(t, required(map[string]string{"aws:region": "cn-north-1", "mejan:modelPrice": "1/2"}))
	refusedWith(t, err, "cannot be called from cn-north-1, nor can any other profile")
}

// A profile whose geography is not known is refused: the analyzer could not be allowed to call it.
func TestModelForms(t *testing.T) {
	for _, id := range []string{
		"amer.anthropic.claude-3", "us.global.amazon.nova-2-lite-v1:0", "us.nova-lite-v1:0", "nova-lite-v1:0", "us.", "US.x.y",
		"arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0",
	} {
		_, err := load(t, required(map[string]string{"mejan:modelId": id}))
		refusedWith(t, err, "is neither a Bedrock model nor an inference profile of us., us-gov., eu., apac., jp., au., ca., "+
			"global.; pulumi config set --stack dev mejan:modelId us.amazon.nova-lite-v1:0")
	}
}

// What a model costs is known, or said by a setting; a run is never counted as free.
func TestModelPrice(t *testing.T) {
	for _, tt := range []struct {
		id, region, price string
		want              pipeline.Price
	}{
		{"us.amazon.nova-micro-v1:0", "us-east-1", "", pipeline.Price{In: 0.035, Out: 0.14}},
		{"amazon.nova-lite-v1:0", "us-east-1", "", pipeline.Price{In: 0.06, Out: 0.24}},
		{"us.amazon.nova-2-lite-v1:0", "us-east-1", "", pipeline.Price{In: 0.33, Out: 2.75}},
		{"global.amazon.nova-2-lite-v1:0", "eu-west-1", "", pipeline.Price{In: 0.30, Out: 2.50}},
		{"us.amazon.nova-lite-v1:0", "us-east-1", "0.05/0.20", pipeline.Price{In: 0.05, Out: 0.2}},
		{"eu.amazon.nova-lite-v1:0", "eu-west-1", "0.078/0.312", pipeline.Price{In: 0.078, Out: 0.312}},
		{"eu.amazon.nova-lite-v1:0", "eu-west-1", "", pipeline.Price{}},
		{"amazon.nova-lite-v1:0", "eu-west-2", "", pipeline.Price{}},
		{"amazon.nova-lite-v1:0", "us-gov-west-1", "", pipeline.Price{}},
		{"us.anthropic.claude-haiku-4-5-20251001-v1:0", "us-east-1", "", pipeline.Price{}},
	} {
		s, err := load(t, required(map[string]string{
			"mejan:modelId": tt.id, "aws:region": tt.region, "mejan:modelPrice": tt.price,
		}))
		if tt.want == (pipeline.Price{}) {
			refusedWith(t, err, "has no price of "+tt.id+" in "+tt.region)
			refusedWith(t, err, "; pulumi config set --stack dev mejan:modelPrice IN/OUT")
		} else if err != nil || s.Model.Price != tt.want {
			t.Errorf("%s in %s: %v, error %v, want %v", tt.id, tt.region, s.Model.Price, err, tt.want)
		}
	}
	// The example is not taken for a price if someone runs the command as it stands.
	_, err := load(t, required(map[string]string{"mejan:modelPrice": "IN/OUT"}))
	refusedWith(t, err, `"IN/OUT" is not a price`)
}

// A stage that needs another profile is told at once that the price of that profile is not known.
func TestMisfitAndPriceTogether(t *testing.T) {
	_, err := load(t, required(map[string]string{"aws:region": "eu-west-1"}))
	refusedWith(t, err, "mejan:modelId eu.amazon.nova-lite-v1:0")
	refusedWith(t, err, "has no price of eu.amazon.nova-lite-v1:0 in eu-west-1")
	if n := strings.Count(err.Error(), "mejan:modelPrice:"); n != 1 {
		t.Errorf("the price is named %d times, want once:\n%v", n, err)
	}
}
