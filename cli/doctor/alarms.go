package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// pending stands in place of the ARN of a subscription that its owner has not confirmed.
const pending = "PendingConfirmation"

// findSubscription asks whether alarms reach anyone.
func findSubscription(ctx context.Context, s *Subject) Finding {
	topic := fmt.Sprintf("arn:%s:sns:%s:%s:%s", s.partition, s.Where.Region, s.account, s.settings.Named("alarms"))
	email := s.settings.AlarmEmail
	pages := sns.NewListSubscriptionsByTopicPaginator(sns.NewFromConfig(s.config),
		&sns.ListSubscriptionsByTopicInput{TopicArn: aws.String(topic)})
	waiting := false
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if notFound(err) {
			return problem("make foundation STAGE="+s.Stage, "there is no topic %s", topic)
		} else if err != nil {
			return s.failed(err, "sns:ListSubscriptionsByTopic")
		}
		for _, subscription := range page.Subscriptions {
			if !strings.EqualFold(aws.ToString(subscription.Endpoint), email) {
				continue
			}
			if aws.ToString(subscription.SubscriptionArn) != pending {
				return ok("%s hears of alarms", email)
			}
			waiting = true
		}
	}
	again := "aws sns subscribe --region " + s.Where.Region + " --topic-arn " + topic +
		" --protocol email --notification-endpoint " + email
	if waiting {
		return problem("open the link in the mail that SNS has sent to it, within 3 days; to get it again: "+again,
			"%s has not confirmed that it wants to hear of alarms", email)
	}
	return problem("make up STAGE="+s.Stage+", or: "+again, "%s is not subscribed to %s", email, topic)
}
