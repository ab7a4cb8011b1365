package s3_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/local/s3"
	"github.com/mejan/mejan/local/wire"
)

// told collects what notifications deliver.
type told struct {
	t        *testing.T
	payloads []string
}

func (d *told) deliver(payload []byte) {
	value := jsontext.Value(slices.Clone(payload))
	if err := value.Indent(); err != nil {
		d.t.Errorf("payload %s: %v", payload, err)
	}
	d.payloads = append(d.payloads, string(value))
}

// Who asked is told of each change that matches, in S3's words, before the writer has the answer.
func TestNotifications(t *testing.T) {
	store, _, server := start(t)
	if err := store.CreateBucket("story", true); err != nil {
		t.Fatal(err)
	}
	d := &told{t: t}
	err := store.SetNotifications("story", []s3.Notification{
		{ID: "new", Events: []string{"s3:ObjectCreated:*"}, Prefix: "inputs/", Suffix: ".json", Deliver: d.deliver},
		{ID: "gone", Events: []string{"s3:ObjectRemoved:*"}, Prefix: "inputs/", Deliver: d.deliver},
	})
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]string{"story": "story"}
	for _, c := range []struct {
		step step
		told []string
	}{
		{step{do: "PUT /story/other/a.json", body: "x"}, nil},
		{step{do: "PUT /story/inputs/a.csv", body: "x"}, nil},
		{step{do: "PUT /story/inputs/a.json", header: []string{"If-Match: " + etagX}, body: "x"}, nil},
		{
			step{do: "PUT /story/inputs/a%20b+%C3%BC.json", body: "x"},
			[]string{
				`"eventVersion": "2.1"`, `"eventSource": "aws:s3"`, `"awsRegion": "us-east-1"`, `"eventName": "ObjectCreated:Put"`,
				`"configurationId": "new"`, `"name": "story"`, `"arn": "arn:aws:s3:::story"`, `"key": "inputs/a+b%2B%C3%BC.json"`,
				`"size": 1`, `"eTag": ` + etagX, `"versionId": "`, `"sequencer": "0000`,
			},
		},
		{step{do: "PUT /story/inputs/empty.json"}, []string{`"size": 0`}},
		{
			step{do: "PUT /story/inputs/c.json", header: []string{"x-amz-copy-source: story/other/a.json"}},
			[]string{`"eventName": "ObjectCreated:Copy"`},
		},
		{step{do: "DELETE /story/inputs/c.json"}, []string{`"eventName": "ObjectRemoved:DeleteMarkerCreated"`, `"configurationId": "gone"`}},
	} {
		d.payloads = nil
		ask(t, server.URL, c.step, kept)
		if len(d.payloads) != min(len(c.told), 1) {
			t.Errorf("%s: told %q", c.step.do, d.payloads)
			continue
		}
		for _, want := range c.told {
			if !strings.Contains(d.payloads[0], want) {
				t.Errorf("%s: no %s in\n%s", c.step.do, want, d.payloads[0])
			}
		}
	}
}

// Two notifications of the same change are refused, as AWS refuses them; so is a kind of change that never comes.
func TestAmbiguousNotifications(t *testing.T) {
	store, _, _ := start(t)
	if err := store.CreateBucket("story", true); err != nil {
		t.Fatal(err)
	}
	n := func(event, prefix, suffix string) s3.Notification {
		return s3.Notification{Events: []string{event}, Prefix: prefix, Suffix: suffix}
	}
	for _, c := range []struct {
		all  []s3.Notification
		want bool
	}{
		{[]s3.Notification{n("s3:ObjectCreated:*", "inputs/", ".json"), n("s3:ObjectCreated:Put", "inputs/2", "")}, false},
		{[]s3.Notification{n("s3:ObjectCreated:*", "inputs/", ".json"), n("s3:ObjectCreated:*", "inputs/", ".json.gz")}, true},
		{[]s3.Notification{n("s3:ObjectCreated:Put", "", ""), n("s3:ObjectRemoved:*", "", "")}, true},
		{[]s3.Notification{n("s3:ObjectRestore:*", "", "")}, false},
	} {
		if err := store.SetNotifications("story", c.all); (err == nil) != c.want {
			t.Errorf("%v: error %v, want accepted: %v", c.all, err, c.want)
		}
	}
}

// To a caller who may not list the bucket a missing key is denied, not missing.
func TestMissingKeyWithoutList(t *testing.T) {
	store := s3.New(s3.Config{
		Dir: t.TempDir(), Region: "us-east-1", Account: "000000000000",
		MayList: func(_ wire.Principal, bucket string) bool { return bucket == "open" },
	})
	front := wire.NewFront(open{}, nil, slog.New(slog.DiscardHandler))
	front.Add(store)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	for bucket, want := range map[string]string{"open": "404 NoSuchKey", "closed": "403 AccessDenied"} {
		if err := store.CreateBucket(bucket, false); err != nil {
			t.Fatal(err)
		}
		if got, _, _ := strings.Cut(ask(t, server.URL, step{do: "GET /" + bucket + "/k"}, nil), "\n"); got != want {
			t.Errorf("%s: got %s, want %s", bucket, got, want)
		}
	}
}

// The program that owns the store reads and writes what clients do.
func TestInProcess(t *testing.T) {
	store, _, server := start(t)
	if err := store.CreateBucket("story", false); err != nil {
		t.Fatal(err)
	}
	if err := store.CreateBucket("story", false); err == nil {
		t.Error("a bucket was made twice")
	}
	header := http.Header{"Content-Type": {"text/plain"}, "X-Amz-Meta-Colour": {"blue"}}
	if _, err := store.Put("story", "b", header, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	ask(t, server.URL, step{do: "PUT /story/a", body: "y"}, nil)
	if got := ask(t, server.URL, step{do: "GET /story/b"}, nil); !strings.Contains(got, "X-Amz-Meta-Colour: blue") {
		t.Errorf("b is\n%s", got)
	}
	var got []string
	for o := range store.Objects("story") {
		_, body, err := store.Open("story", o.Key)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(body)
		if err = errors.Join(err, body.Close()); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %q %d %s", o.Key, o.ETag, o.Size, text))
	}
	if diff := cmp.Diff([]string{"a " + etagY + " 1 y", "b " + etagX + " 1 x"}, got); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
}

// Contents that nobody can reach any more leave the disk: replaced, deleted, refused, aborted.
func TestDiskIsFreed(t *testing.T) {
	dir := t.TempDir()
	store := s3.New(s3.Config{Dir: dir})
	front := wire.NewFront(open{}, nil, slog.New(slog.DiscardHandler))
	front.Add(store)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	tell(t, server.URL, "story", false, []step{
		{do: "PUT /story/k", body: "x", want: "200"},
		{do: "PUT /story/k", body: "y", want: "200"},
		{do: "PUT /story/k", header: []string{"If-None-Match: *"}, body: "z", want: "412 PreconditionFailed"},
		{do: "PUT /story/k", header: []string{"Content-MD5: nd9h5WEmjINPXIVkFVxnpg=="}, body: "z", want: "400 BadDigest"},
		{do: "POST /story/k?uploads", want: "200", keep: map[string]string{"u": "<UploadId>(.*)</UploadId>"}},
		{do: "PUT /story/k?partNumber=1&uploadId={u}", body: "x", want: "200"},
		{do: "PUT /story/k?partNumber=1&uploadId={u}", body: "y", want: "200"},
		{do: "DELETE /story/k?uploadId={u}", want: "204"},
	})
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 {
		t.Errorf("files = %d, want 1 for the one object", len(files))
	}
	if got := store.Uploads("story"); got != 0 {
		t.Errorf("uploads = %d, want 0", got)
	}
}

// A write whose answer is lost has happened, exactly once, whoever asks.
func TestLostAnswer(t *testing.T) {
	store, front, server := start(t)
	if err := store.CreateBucket("story", true); err != nil {
		t.Fatal(err)
	}
	front.Faults().Add(wire.Fault{Service: "s3", Operation: "PutObject", When: wire.After})
	tell(t, server.URL, "other", false, []step{
		{do: "PUT /story/k", header: []string{"If-None-Match: *"}, body: "x", want: "500 InternalError"},
		{do: "PUT /story/k", header: []string{"If-None-Match: *"}, body: "y", want: "412 PreconditionFailed"},
		{do: "GET /story/k", want: "200", has: []string{"\nx"}},
	})
}
