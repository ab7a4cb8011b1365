package doctor

import (
	"context"
	"encoding/base64"
	"path"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
)

// findRepositories looks for the repositories of the stage, and takes from them where its images go.
func findRepositories(ctx context.Context, s *Subject) Finding {
	in := &ecr.DescribeRepositoriesInput{RegistryId: aws.String(s.account)}
	for _, function := range pipeline.Functions() {
		in.RepositoryNames = append(in.RepositoryNames, s.Where.Prefix+"/"+string(function))
	}
	found, err := ecr.NewFromConfig(s.config).DescribeRepositories(ctx, in)
	if notFound(err) {
		return problem("make foundation STAGE="+s.Stage, "account %s has not all of the repositories %s in %s",
			s.account, strings.Join(in.RepositoryNames, ", "), s.Where.Region)
	} else if err != nil {
		return s.failed(err, "ecr:DescribeRepositories")
	}
	for _, repository := range found.Repositories {
		// `<host>/<prefix>`, the same for each.
		s.Repo = path.Dir(aws.ToString(repository.RepositoryUri))
	}
	for _, repository := range found.Repositories {
		if repository.ImageTagMutability != ecrtypes.ImageTagMutabilityImmutable {
			return warning("make up STAGE="+s.Stage, "tags of %s can be moved, so a tag may come to mean another image",
				aws.ToString(repository.RepositoryName))
		}
	}
	return ok("%s/…", s.Repo)
}

func findLogin(ctx context.Context, s *Subject) Finding {
	out, err := ecr.NewFromConfig(s.config).GetAuthorizationToken(ctx, &ecr.GetAuthorizationTokenInput{})
	if err != nil {
		return s.failed(err, "ecr:GetAuthorizationToken")
	}
	for _, data := range out.AuthorizationData {
		token, err := base64.StdEncoding.DecodeString(aws.ToString(data.AuthorizationToken))
		user, password, found := strings.Cut(string(token), ":")
		if err == nil && found {
			s.login = single{authn.FromConfig(authn.AuthConfig{Username: user, Password: password})}
			return ok("ECR gives a token")
		}
	}
	return unknown("", "ECR gave no token that can be read")
}

// single is a keychain with one login.
type single struct{ login authn.Authenticator }

func (s single) Resolve(authn.Resource) (authn.Authenticator, error) { return s.login, nil }

// Registry is where the images of the stage are, with the login that the checks found.
func (s *Subject) Registry() (*images.Registry, error) { return images.NewRegistry(s.Repo, s.login) }

func findPush(ctx context.Context, s *Subject) Finding {
	login := s.login
	remedy := "allow ecr:InitiateLayerUpload, ecr:UploadLayerPart, ecr:CompleteLayerUpload, ecr:PutImage, " +
		"ecr:BatchCheckLayerAvailability and ecr:BatchGetImage on " + s.Where.Prefix + "/*"
	if login == nil {
		host, _, _ := strings.Cut(s.Repo, "/")
		login = authn.DefaultKeychain
		remedy = "docker login " + host + ", or REPO=host/prefix of a registry that takes the images"
	}
	if err := images.CanPush(ctx, s.Repo, login); err != nil {
		return problem(remedy, "%v", err)
	}
	return ok("%s/… takes images", s.Repo)
}
