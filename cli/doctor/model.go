package doctor

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	"github.com/aws/aws-sdk-go-v2/service/bedrock/types"
)

// findModel asks whether the account may call the model. It asks the control plane: a call of the model would cost money.
func findModel(ctx context.Context, s *Subject) Finding {
	id, foundation := s.settings.Model.ID, s.settings.Model.Foundation
	client := bedrock.NewFromConfig(s.config)
	if s.settings.Model.IsProfile() {
		_, err := client.GetInferenceProfile(ctx, &bedrock.GetInferenceProfileInput{InferenceProfileIdentifier: aws.String(id)})
		if notFound(err) {
			return problem("https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html lists the profiles; "+
				"pulumi config set --stack "+s.Stage+" mejan:modelId PROFILE", "%s has no inference profile %s", s.Where.Region, id)
		} else if err != nil {
			return s.failed(err, "bedrock:GetInferenceProfile")
		}
	}
	got, err := client.GetFoundationModelAvailability(ctx, &bedrock.GetFoundationModelAvailabilityInput{
		ModelId: aws.String(foundation),
	})
	if notFound(err) {
		return problem("https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html lists the models; "+
			"pulumi config set --stack "+s.Stage+" mejan:modelId MODEL", "%s has no model %s", s.Where.Region, foundation)
	} else if err != nil {
		return s.failed(err, "bedrock:GetFoundationModelAvailability")
	}
	page := "https://" + s.Where.Region + ".console.aws.amazon.com/bedrock/home?region=" + s.Where.Region + "#/modelaccess"
	agreement := types.AgreementStatusAvailable
	if got.AgreementAvailability != nil {
		agreement = got.AgreementAvailability.Status
	}
	switch {
	// A profile may answer from other regions.
	case got.RegionAvailability != types.RegionAvailabilityAvailable && !s.settings.Model.IsProfile():
		return problem("take an inference profile: pulumi config set --stack "+s.Stage+" mejan:modelId us."+foundation,
			"%s does not offer %s by itself", s.Where.Region, foundation)
	case got.AuthorizationStatus != types.AuthorizationStatusAuthorized:
		return problem("ask the owner of the organization: a service control policy or Bedrock's model access withholds it; "+page,
			"the account is not authorized to use %s", foundation)
	case agreement == types.AgreementStatusPending:
		return warning("wait some minutes, then ask again", "access to %s was asked for, and is not given yet", foundation)
	case agreement != types.AgreementStatusAvailable, got.EntitlementAvailability != types.EntitlementAvailabilityAvailable:
		return problem("ask for access: "+page, "the account has no access to %s yet", foundation)
	}
	return ok("%s can be called from %s", id, s.Where.Region)
}
