package doctor

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	"github.com/aws/aws-sdk-go-v2/service/bedrock/types"
)

// Pages of Bedrock's user guide.
const (
	profilesPage = "https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html"
	modelsPage   = "https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html"
)

// findModel asks whether the account may call the model. It asks Bedrock's control plane: a call would cost money.
func findModel(ctx context.Context, s *Subject) Finding {
	model := s.settings.Model
	client := bedrock.NewFromConfig(s.config)
	if model.IsProfile() {
		_, err := client.GetInferenceProfile(ctx, &bedrock.GetInferenceProfileInput{
			InferenceProfileIdentifier: aws.String(model.ID),
		})
		if notFound(err) {
			return problem(s.otherModel("PROFILE")+"; "+profilesPage+" lists the profiles",
				"%s has no inference profile %s", s.Where.Region, model.ID)
		} else if err != nil {
			return s.failed(err, "bedrock:GetInferenceProfile")
		}
	}
	got, err := client.GetFoundationModelAvailability(ctx, &bedrock.GetFoundationModelAvailabilityInput{
		ModelId: aws.String(model.Foundation),
	})
	if notFound(err) {
		return problem(s.otherModel("MODEL")+"; "+modelsPage+" lists the models",
			"%s has no model %s", s.Where.Region, model.Foundation)
	} else if err != nil {
		return s.failed(err, "bedrock:GetFoundationModelAvailability")
	}
	return s.access(got)
}

// access judges what Bedrock says of a model. Access is on by default, and the first call of a model of another company
// concludes the agreement that it needs, if the caller may subscribe. The analyzer's role may not, so a person has to.
func (s *Subject) access(got *bedrock.GetFoundationModelAvailabilityOutput) Finding {
	model := s.settings.Model
	agreement := types.AgreementStatusAvailable
	if got.AgreementAvailability != nil {
		agreement = got.AgreementAvailability.Status
	}
	catalog := "https://" + s.Where.Region + ".console.aws.amazon.com/bedrock/home?region=" + s.Where.Region +
		"#/model-catalog"
	switch {
	// A profile may answer from other regions.
	case got.RegionAvailability != types.RegionAvailabilityAvailable && !model.IsProfile():
		return problem(s.otherModel("us."+model.Foundation)+", or another inference profile: "+profilesPage,
			"%s does not offer %s by itself", s.Where.Region, model.Foundation)
	case got.AuthorizationStatus != types.AuthorizationStatusAuthorized:
		return problem("ask the owner of your AWS organization, whose policies may withhold it; "+catalog,
			"the account is not authorized to use %s", model.Foundation)
	case agreement == types.AgreementStatusError:
		return problem("look at it in the model catalog: "+catalog, "the agreement on %s failed: %s",
			model.Foundation, aws.ToString(got.AgreementAvailability.ErrorMessage))
	case agreement == types.AgreementStatusPending:
		return warning("wait up to 15 minutes, then ask again", "the agreement on %s is on its way", model.Foundation)
	case agreement != types.AgreementStatusAvailable,
		got.EntitlementAvailability != types.EntitlementAvailabilityAvailable:
		return warning("call it once in the playground, as someone with aws-marketplace:Subscribe: "+catalog,
			"the account has not used %s yet, and its first call may need an agreement", model.Foundation)
	}
	return ok("%s can be called from %s", model.ID, s.Where.Region)
}

func (s *Subject) otherModel(id string) string {
	return "pulumi config set --stack " + s.Stage + " mejan:modelId " + id
}
