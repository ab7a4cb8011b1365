package stack

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Statement is one statement of an IAM policy. It allows, unless Effect says otherwise.
type Statement struct {
	Effect string
	// Principal is set in the policy of a resource only, where the policy itself does not say whom it is about.
	Principal pulumi.Input
	Actions   []string
	// Resources is empty only in the trust policy of a role, which is about that role.
	Resources pulumi.StringArray
	Condition pulumi.Map
}

// policy renders statements as JSON. It is done here, and not by AWS's helper function, so that the text is the same in
// a preview, in a test and on a laptop.
func policy(statements ...Statement) pulumi.StringOutput {
	rendered := make(pulumi.Array, 0, len(statements))
	for _, s := range statements {
		statement := pulumi.Map{"Effect": pulumi.String("Allow"), "Action": pulumi.ToStringArray(s.Actions)}
		if s.Effect != "" {
			statement["Effect"] = pulumi.String(s.Effect)
		}
		if s.Principal != nil {
			statement["Principal"] = s.Principal
		}
		if len(s.Resources) > 0 {
			statement["Resource"] = s.Resources
		}
		if len(s.Condition) > 0 {
			statement["Condition"] = s.Condition
		}
		rendered = append(rendered, statement)
	}
	return pulumi.JSONMarshal(pulumi.Map{"Version": pulumi.String("2012-10-17"), "Statement": rendered})
}

// awsService is an AWS service as the principal of a statement.
func awsService(host string) pulumi.Input { return pulumi.Map{"Service": pulumi.String(host)} }

// under is the ARN of all objects of a bucket whose keys begin with a prefix.
func under(bucket *Bucket, prefix string) pulumi.StringInput {
	return pulumi.Sprintf("%s/%s*", bucket.Arn, prefix)
}
