package stack

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// BucketArgs says what a [Bucket] is for.
type BucketArgs struct {
	// ForceDestroy lets the bucket be deleted while it holds objects.
	ForceDestroy bool
	Lifetimes    []Lifetime
}

// Lifetime is how long objects are kept whose keys begin with Prefix.
type Lifetime struct {
	Prefix string
	Days   int
}

// Days that overwritten or deleted objects can still be brought back, and that parts of an upload which nobody finished
// are kept. No invocation lasts longer than 15 minutes, so a day spares every upload that is under way.
const (
	noncurrentDays = 30
	unfinishedDays = 1
)

// Bucket is a private, versioned, encrypted bucket that answers over TLS only.
type Bucket struct {
	pulumi.ResourceState

	Name pulumi.StringOutput
	Arn  pulumi.StringOutput
}

// NewBucket provisions a bucket. Its physical name is name and a random end, as bucket names are shared by the world.
func NewBucket(ctx *pulumi.Context, name string, args *BucketArgs, opts ...pulumi.ResourceOption) (*Bucket, error) {
	b := &Bucket{}
	if err := ctx.RegisterComponentResource("mejan:platform:Bucket", name, b, opts...); err != nil {
		return nil, err
	}
	bucket, err := s3.NewBucketV2(ctx, name, &s3.BucketV2Args{
		ForceDestroy: pulumi.Bool(args.ForceDestroy),
	}, pulumi.Parent(b))
	if err != nil {
		return nil, err
	}
	b.Name, b.Arn = bucket.Bucket, bucket.Arn

	if _, err = s3.NewBucketVersioningV2(ctx, name, &s3.BucketVersioningV2Args{
		Bucket: b.Name,
		VersioningConfiguration: &s3.BucketVersioningV2VersioningConfigurationArgs{
			Status: pulumi.String("Enabled"),
		},
	}, pulumi.Parent(b)); err != nil {
		return nil, err
	}
	if _, err = s3.NewBucketLifecycleConfigurationV2(ctx, name, &s3.BucketLifecycleConfigurationV2Args{
		Bucket: b.Name,
		Rules:  lifecycle(args.Lifetimes),
	}, pulumi.Parent(b)); err != nil {
		return nil, err
	}
	// Not a key of our own: an object's ETag is the MD5 of its content only under S3's keys.
	if _, err = s3.NewBucketServerSideEncryptionConfigurationV2(ctx, name,
		&s3.BucketServerSideEncryptionConfigurationV2Args{
			Bucket: b.Name,
			Rules: s3.BucketServerSideEncryptionConfigurationV2RuleArray{
				&s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
					ApplyServerSideEncryptionByDefault: applyEncryption{SseAlgorithm: pulumi.String("AES256")},
				},
			},
		}, pulumi.Parent(b)); err != nil {
		return nil, err
	}
	if err := b.closeToOthers(ctx, name); err != nil {
		return nil, err
	}
	return b, ctx.RegisterResourceOutputs(b, pulumi.Map{"name": b.Name, "arn": b.Arn})
}

type applyEncryption = s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs

// lifecycle renders the table of lifetimes, and after it what holds for every object.
func lifecycle(lifetimes []Lifetime) s3.BucketLifecycleConfigurationV2RuleArray {
	rules := make(s3.BucketLifecycleConfigurationV2RuleArray, 0, len(lifetimes)+1)
	for _, l := range lifetimes {
		rules = append(rules, &s3.BucketLifecycleConfigurationV2RuleArgs{
			Id:         pulumi.String(fmt.Sprintf("expire %s*", l.Prefix)),
			Status:     pulumi.String("Enabled"),
			Filter:     &s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String(l.Prefix)},
			Expiration: &s3.BucketLifecycleConfigurationV2RuleExpirationArgs{Days: pulumi.Int(l.Days)},
		})
	}
	return append(rules, &s3.BucketLifecycleConfigurationV2RuleArgs{
		Id:     pulumi.String("tidy"),
		Status: pulumi.String("Enabled"),
		Filter: &s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")},
		NoncurrentVersionExpiration: &s3.BucketLifecycleConfigurationV2RuleNoncurrentVersionExpirationArgs{
			NoncurrentDays: pulumi.Int(noncurrentDays),
		},
		AbortIncompleteMultipartUpload: &s3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
			DaysAfterInitiation: pulumi.Int(unfinishedDays),
		},
	})
}

// closeToOthers keeps the bucket from everyone but the roles of its account, and from unencrypted connections.
func (b *Bucket) closeToOthers(ctx *pulumi.Context, name string) error {
	if _, err := s3.NewBucketOwnershipControls(ctx, name, &s3.BucketOwnershipControlsArgs{
		Bucket: b.Name,
		Rule:   &s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, pulumi.Parent(b)); err != nil {
		return err
	}
	block, err := s3.NewBucketPublicAccessBlock(ctx, name, &s3.BucketPublicAccessBlockArgs{
		Bucket:                b.Name,
		BlockPublicAcls:       pulumi.Bool(true),
		BlockPublicPolicy:     pulumi.Bool(true),
		IgnorePublicAcls:      pulumi.Bool(true),
		RestrictPublicBuckets: pulumi.Bool(true),
	}, pulumi.Parent(b))
	if err != nil {
		return err
	}
	// After the block: S3 refuses one of two changes to the access of a bucket that come at the same time.
	_, err = s3.NewBucketPolicy(ctx, name, &s3.BucketPolicyArgs{
		Bucket: b.Name,
		Policy: policy(Statement{
			Effect:    "Deny",
			Principal: pulumi.String("*"),
			Actions:   []string{"s3:*"},
			Resources: pulumi.StringArray{b.Arn, under(b, "")},
			Condition: pulumi.Map{"Bool": pulumi.StringMap{"aws:SecureTransport": pulumi.String("false")}},
		}),
	}, pulumi.Parent(b), pulumi.DependsOn([]pulumi.Resource{block}))
	return err
}
