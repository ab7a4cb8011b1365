package s3

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// Notification asks to be told of changes to a bucket.
type Notification struct {
	// ID is the name of the configuration, told in each event.
	ID string
	// Events lists kinds of change, such as s3:ObjectCreated:* or s3:ObjectRemoved:Delete.
	Events []string
	// Prefix and Suffix narrow it to some keys.
	Prefix, Suffix string
	// Deliver gets S3's event document. It is called before the answer to the request that made the change, so that who
	// has the answer knows that the event is on its way. It must not wait for what it sets off.
	Deliver func(payload []byte)
}

// Kinds of change, without the `s3:` that configurations put before them.
const (
	createdByPut    = "ObjectCreated:Put"
	createdByUpload = "ObjectCreated:CompleteMultipartUpload"
	createdByCopy   = "ObjectCreated:Copy"
	removed         = "ObjectRemoved:Delete"
	removedByMarker = "ObjectRemoved:DeleteMarkerCreated"
)

// SetNotifications replaces the notifications of a bucket. As on AWS, it is an error if two of them could tell of the
// same change.
func (s *S3) SetNotifications(name string, notifications []Notification) error {
	for i, n := range notifications {
		for _, event := range n.Events {
			if !known(event) {
				return fmt.Errorf("notification %q of bucket %q: event %q is not supported", n.ID, name, event)
			}
		}
		for _, m := range notifications[:i] {
			if n.overlaps(m) {
				return fmt.Errorf("notifications %q and %q of bucket %q: both tell of the same change", m.ID, n.ID, name)
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, e := s.bucket(name)
	if e != nil {
		return fmt.Errorf("notifications of bucket %q: %w", name, e)
	}
	b.notifications = slices.Clone(notifications)
	return nil
}

func known(event string) bool {
	return slices.ContainsFunc([]string{createdByPut, createdByUpload, createdByCopy, removed, removedByMarker},
		func(name string) bool { return covers(event, name) })
}

// covers reports whether a configured event, maybe ending in *, means a kind of change.
func covers(event, name string) bool {
	event = strings.TrimPrefix(event, "s3:")
	prefix, any := strings.CutSuffix(event, "*")
	return event == name || (any && strings.HasPrefix(name, prefix))
}

func (n Notification) overlaps(m Notification) bool {
	prefixes := strings.HasPrefix(n.Prefix, m.Prefix) || strings.HasPrefix(m.Prefix, n.Prefix)
	suffixes := strings.HasSuffix(n.Suffix, m.Suffix) || strings.HasSuffix(m.Suffix, n.Suffix)
	return prefixes && suffixes && slices.ContainsFunc(n.Events, func(a string) bool {
		return slices.ContainsFunc(m.Events, func(b string) bool {
			return covers(a, strings.TrimPrefix(b, "s3:")) || covers(b, strings.TrimPrefix(a, "s3:"))
		})
	})
}

// Shapes of an event, as S3 sends it.
type (
	event struct {
		Records []record `json:"Records"`
	}
	record struct {
		EventVersion      string            `json:"eventVersion"`
		EventSource       string            `json:"eventSource"`
		AWSRegion         string            `json:"awsRegion"`
		EventTime         string            `json:"eventTime"`
		EventName         string            `json:"eventName"`
		UserIdentity      identity          `json:"userIdentity"`
		RequestParameters map[string]string `json:"requestParameters"`
		ResponseElements  map[string]string `json:"responseElements"`
		S3                change            `json:"s3"`
	}
	identity struct {
		PrincipalID string `json:"principalId"`
	}
	change struct {
		SchemaVersion   string        `json:"s3SchemaVersion"`
		ConfigurationID string        `json:"configurationId"`
		Bucket          changedBucket `json:"bucket"`
		Object          changedObject `json:"object"`
	}
	changedBucket struct {
		Name          string   `json:"name"`
		OwnerIdentity identity `json:"ownerIdentity"`
		ARN           string   `json:"arn"`
	}
	changedObject struct {
		// Key is encoded as in a form: spaces as +, slashes as they are.
		Key string `json:"key"`
		// Size and ETag are absent where the object was removed.
		Size      *int64 `json:"size,omitzero"`
		ETag      string `json:"eTag,omitzero"`
		VersionID string `json:"versionId,omitzero"`
		// Sequencer grows with each change of one key.
		Sequencer string `json:"sequencer"`
	}
)

// deliveries prepares the notifications of a change. The caller holds s.mu, and calls them without it.
func (s *S3) deliveries(b *bucket, name string, o Object) (all []func()) {
	s.sequence++
	for _, n := range b.notifications {
		if !strings.HasPrefix(o.Key, n.Prefix) || !strings.HasSuffix(o.Key, n.Suffix) ||
			!slices.ContainsFunc(n.Events, func(e string) bool { return covers(e, name) }) {
			continue
		}
		payload, err := json.Marshal(event{Records: []record{s.record(b, n.ID, name, o)}})
		if err != nil {
			panic(fmt.Sprintf("marshal event: %v", err)) // Only a key that is not UTF-8 could be at fault; Read refuses it.
		}
		all = append(all, func() { n.Deliver(payload) })
	}
	return all
}

func (s *S3) record(b *bucket, configuration, name string, o Object) record {
	object := changedObject{Key: encodeKey(o.Key), VersionID: o.VersionID, Sequencer: fmt.Sprintf("%018X", s.sequence)}
	if strings.HasPrefix(name, "ObjectCreated") {
		object.Size, object.ETag = &o.Size, o.ETag
	}
	owner := identity{PrincipalID: s.config.Account}
	return record{
		EventVersion: "2.1", EventSource: "aws:s3", AWSRegion: s.config.Region,
		EventTime: now().Format("2006-01-02T15:04:05.000Z"), EventName: name, UserIdentity: owner,
		RequestParameters: map[string]string{"sourceIPAddress": "127.0.0.1"},
		ResponseElements:  map[string]string{"x-amz-request-id": fmt.Sprintf("%016X", time.Now().UnixNano())},
		S3: change{
			SchemaVersion: "1.0", ConfigurationID: configuration, Object: object,
			Bucket: changedBucket{Name: b.name, OwnerIdentity: owner, ARN: BucketARN(b.name)},
		},
	}
}

// encodeKey writes a key as events and listings do.
func encodeKey(key string) string { return strings.ReplaceAll(url.QueryEscape(key), "%2F", "/") }
