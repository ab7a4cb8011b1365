package doctor

import "time"

// Names of checks that other checks need.
const (
	checkPulumi       = "Pulumi CLI"
	checkStage        = "stage"
	checkSettings     = "settings"
	checkRegion       = "region"
	checkCredentials  = "AWS credentials"
	checkAccount      = "AWS account"
	checkRepositories = "ECR repositories"
	checkMailing      = "SES account"
)

// checks is the table. A check comes after those that it needs.
func checks() []check {
	return []check{
		// The go command may have to download the toolchain that go.work or .ko.yaml names.
		{name: "Go", serves: Laptop | Build, limit: 2 * time.Minute, find: findGo},
		{name: "Go of the images", serves: Laptop | Build, limit: 2 * time.Minute, find: findToolchain},
		{name: "git", serves: Laptop, find: findGit},
		{name: "make", serves: Laptop, find: findMake},
		{name: "port 4566", serves: Laptop, find: findPort},
		{name: "folder out", serves: Laptop, find: findOut},
		{name: "folder platform/releases", serves: Laptop | Push | To, find: findReleases},
		{name: "folder of ko's cache", serves: Laptop | Build, find: findCache},
		{name: "folder for temporary files", serves: Laptop | Build, find: findTemporary},
		{name: "disk", serves: Laptop | Build, find: findDisk},
		{name: checkPulumi, serves: Laptop, find: findPulumi},
		{name: "AWS CLI", serves: Laptop, find: findAWSCLI},

		{name: checkStage, serves: Stage | Push | From | To | Functions, find: findStage},
		{name: checkSettings, serves: Stage, needs: []string{checkStage}, find: findSettings},
		{name: "Pulumi login", serves: Stage, needs: []string{checkPulumi}, find: findPulumiLogin},
		{name: "Pulumi passphrase", serves: Stage, needs: []string{checkStage}, find: findPassphrase},
		{name: "release", serves: Stage, needs: []string{checkStage}, find: findRelease},
		{name: "release file", serves: Push, needs: []string{checkStage}, find: findReleaseFile},
		{name: "source", serves: Push, find: findSource},

		{name: checkRegion, serves: Stage | ECR | Functions, needs: []string{checkStage}, find: findRegion},
		{name: checkCredentials, serves: Stage | ECR | Functions, needs: []string{checkRegion}, find: findCredentials},
		{name: checkAccount, serves: Stage | ECR | Functions, needs: []string{checkCredentials}, find: findAccount},
		{name: checkRepositories, serves: Stage | ECR, needs: []string{checkAccount}, find: findRepositories},
		{name: "registry login", serves: ECR, needs: []string{checkRepositories}, find: findLogin},
		{name: "push", serves: Push | To, needs: []string{checkStage, checkRepositories, "registry login"}, find: findPush},

		{name: "model", serves: Stage, needs: []string{checkSettings, checkAccount}, find: findModel},
		{name: checkMailing, serves: Stage, needs: []string{checkAccount}, find: findMailing},
		{name: "sender", serves: Stage, needs: []string{checkSettings, checkAccount}, find: findSender},
		{name: "receivers", serves: Stage, needs: []string{checkSettings, checkMailing}, find: findReceivers},
		{name: "mails a day", serves: Stage, needs: []string{checkSettings, checkMailing}, find: findMailQuota},
		{name: "alarm subscription", serves: Stage, needs: []string{checkSettings, checkAccount}, find: findSubscription},
		{name: "concurrency", serves: Stage, needs: []string{checkSettings, checkAccount}, find: findConcurrency},
	}
}

// Permissions are the IAM actions that the checks of a stage need. All of them only read.
func Permissions() []string {
	return []string{
		"bedrock:GetFoundationModelAvailability", "bedrock:GetInferenceProfile", "ecr:DescribeRepositories",
		"lambda:GetAccountSettings", "lambda:GetFunctionConcurrency", "ses:GetAccount", "ses:GetEmailIdentity",
		"sns:ListSubscriptionsByTopic", "sts:GetCallerIdentity",
	}
}
