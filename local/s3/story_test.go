package s3_test

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// step is one request and what must come back. {name} stands for what an earlier step kept.
type step struct {
	// do is METHOD path, header the lines of the request's header.
	do     string
	header []string
	body   string
	// big repeats the body to 5 MiB, the smallest part of an upload.
	big bool
	// want is the status, with the error code if there is one.
	want string
	// has and lacks are texts in the answer: lines `Name: value` of the header, then the body.
	has, lacks []string
	// beyondMoto is like has, for what moto is known to leave out.
	beyondMoto []string
	// keep names what the first group of a pattern matches in the answer.
	keep map[string]string
	// unlikeMoto says how moto is known to differ; the step is then checked against the local cloud alone.
	unlikeMoto string
}

const (
	etagX   = `"9dd4e461268c8034f5c8564e155c67a6"` // of x
	etagY   = `"415290769594460e2e485922904f345d"` // of y
	etagNil = `"d41d8cd98f00b204e9800998ecf8427e"` // of nothing
)

var keepVersion = map[string]string{"v": `X-Amz-Version-Id: (\S+)`}

// stories are told to the local store and to moto: what the one accepts, the other must accept.
func stories() map[string][]step {
	all := checksumStories()
	maps.Copy(all, plainStories())
	return all
}

func plainStories() map[string][]step {
	return map[string][]step{
		"objects": {
			{do: "GET /story", want: "501 NotImplemented", unlikeMoto: "it has the first version of listing"},
			{do: "GET /nowhere/k", want: "404 NoSuchBucket"},
			{do: "GET /story/k", want: "404 NoSuchKey"},
			{do: "HEAD /story/k", want: "404"},
			{
				do: "PUT /story/k", header: []string{"Content-Type: text/plain", "x-amz-meta-Colour: blue"}, body: "0123456789",
				want: "200", has: []string{"Etag: \"781e5e245d69b566979b86e28d23f2c7\""},
			},
			{
				do: "GET /story/k", want: "200",
				has: []string{
					"Content-Type: text/plain", "X-Amz-Meta-Colour: blue", "Content-Length: 10",
					"Etag: \"781e5e245d69b566979b86e28d23f2c7\"", "Last-Modified: ", "0123456789",
				},
			},
			{do: "HEAD /story/k", want: "200", has: []string{"Content-Length: 10"}, lacks: []string{"0123456789"}},
			{do: "PUT /story/k", body: "x", want: "200"},
			{do: "GET /story/k", want: "200", has: []string{"\nx"}, lacks: []string{"Colour"}},
			{do: "DELETE /story/k", want: "204"},
			{do: "DELETE /story/k", want: "204"},
			{do: "GET /story/k", want: "404 NoSuchKey"},
			{do: "PUT /story/empty", want: "200", has: []string{"Etag: " + etagNil}},
			{do: "GET /story/empty", want: "200", has: []string{"Content-Length: 0"}},
		},
		"keys": {
			{do: "PUT /story/a%20b+c/%C3%BC%2520//.", body: "x", want: "200"},
			{do: "GET /story/a%20b%2Bc/%C3%BC%2520//.", want: "200", has: []string{"\nx"}},
			{do: "GET /story/a%20b%20c/%C3%BC%2520//.", want: "404 NoSuchKey"},
			{do: "GET /story?list-type=2", want: "200", has: []string{"<Key>a b+c/ü%20//.</Key>"}},
			{
				do: "GET /story?list-type=2&encoding-type=url", want: "200",
				has: []string{"%C3%BC%2520//.</Key>", "<EncodingType>url</EncodingType>"},
			},
			{do: "PUT /story/" + strings.Repeat("k", 1025), want: "400 KeyTooLongError", unlikeMoto: "it takes any length"},
		},
		"ranges": {
			{do: "PUT /story/k", body: "0123456789", want: "200"},
			{do: "GET /story/k", header: []string{"Range: bytes=2-4"}, want: "206", has: []string{"Content-Range: bytes 2-4/10", "\n234"}},
			{do: "GET /story/k", header: []string{"Range: bytes=7-"}, want: "206", has: []string{"Content-Range: bytes 7-9/10", "\n789"}},
			{do: "GET /story/k", header: []string{"Range: bytes=8-99"}, want: "206", has: []string{"Content-Range: bytes 8-9/10", "\n89"}},
			{do: "GET /story/k", header: []string{"Range: bytes=-3"}, want: "206", has: []string{"Content-Range: bytes 7-9/10", "\n789"}},
			{do: "GET /story/k", header: []string{"Range: bytes=-99"}, want: "206", has: []string{"bytes 0-9/10"}, unlikeMoto: "it counts below zero"},
			{do: "GET /story/k", header: []string{"Range: bytes=10-"}, want: "416 InvalidRange"},
			{do: "GET /story/k", header: []string{"Range: lines=1-2"}, want: "200", has: []string{"\n0123456789"}, unlikeMoto: "it takes any unit for bytes"},
			{do: "GET /story/k", header: []string{"Range: bytes=5-2"}, want: "200", has: []string{"\n0123456789"}, unlikeMoto: "it answers 416"},
		},
		"conditional reads": {
			{do: "PUT /story/k", body: "x", want: "200"},
			{do: "GET /story/k", header: []string{"If-Match: " + etagX}, want: "200", has: []string{"\nx"}},
			{do: "GET /story/k", header: []string{"If-Match: " + etagY}, want: "412 PreconditionFailed"},
			{do: "HEAD /story/k", header: []string{"If-Match: " + etagY}, want: "412"},
			{do: "GET /story/k", header: []string{"If-None-Match: " + etagX}, want: "304"},
			{do: "GET /story/k", header: []string{"If-None-Match: " + etagY}, want: "200", has: []string{"\nx"}},
			{do: "GET /story/k", header: []string{"If-Unmodified-Since: Mon, 01 Jan 2001 00:00:00 GMT"}, want: "412 PreconditionFailed"},
			{do: "GET /story/k", header: []string{"If-Modified-Since: Mon, 01 Jan 2001 00:00:00 GMT"}, want: "200"},
			{do: "GET /story/none", header: []string{"If-Match: " + etagX}, want: "404 NoSuchKey"},
		},
		"conditional writes": {
			{do: "PUT /story/k", header: []string{"If-Match: " + etagX}, body: "y", want: "404 NoSuchKey", unlikeMoto: "it answers 412"},
			{do: "PUT /story/k", header: []string{"If-None-Match: *"}, body: "x", want: "200"},
			{do: "PUT /story/k", header: []string{"If-None-Match: *"}, body: "y", want: "412 PreconditionFailed"},
			{do: "PUT /story/k", header: []string{"If-Match: " + etagY}, body: "y", want: "412 PreconditionFailed"},
			{do: "GET /story/k", want: "200", has: []string{"\nx"}},
			{do: "PUT /story/k", header: []string{"If-Match: " + etagX}, body: "y", want: "200"},
			{do: "GET /story/k", want: "200", has: []string{"\ny"}},
			{do: "DELETE /story/k", want: "204"},
			{do: "PUT /story/k", header: []string{"If-None-Match: *"}, body: "x", want: "200"},
			{do: "PUT /story/k", header: []string{"If-None-Match: " + etagX}, body: "x", want: "501 NotImplemented", unlikeMoto: "it ignores the header"},
		},
		"digests": {
			{do: "PUT /story/k", header: []string{"Content-MD5: nd9h5WEmjINPXIVkFVxnpg=="}, body: "y", want: "400 BadDigest", unlikeMoto: "it does not look"},
			{do: "PUT /story/k", header: []string{"Content-MD5: short"}, body: "x", want: "400 InvalidDigest", unlikeMoto: "it does not look"},
			{do: "PUT /story/k", header: []string{"x-amz-checksum-crc32: AAAAAA=="}, body: "x", want: "400 BadDigest", unlikeMoto: "it does not look"},
			{do: "GET /story/k", want: "404 NoSuchKey", unlikeMoto: "see above"},
			{do: "PUT /story/k", header: []string{"x-amz-checksum-crc32: jNwWgw=="}, body: "x", want: "200"},
			{do: "HEAD /story/k", header: []string{"x-amz-checksum-mode: ENABLED"}, want: "200", unlikeMoto: "it forgets", has: []string{"X-Amz-Checksum-Crc32: jNwWgw=="}},
			{
				do: "PUT /story/c", header: []string{
					"x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-trailer: x-amz-checksum-crc32",
					"x-amz-decoded-content-length: 2", "content-encoding: gzip,aws-chunked",
				},
				body: "1\r\nx\r\n1\r\ny\r\n0\r\nx-amz-checksum-crc32:SiQQ8w==\r\n\r\n", want: "400 BadDigest", unlikeMoto: "it does not look",
			},
			{
				do: "PUT /story/c", header: []string{
					"x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-trailer: x-amz-checksum-crc32",
					"x-amz-decoded-content-length: 2", "content-encoding: aws-chunked",
				},
				body: "1\r\nx\r\n1\r\ny\r\n0\r\nx-amz-checksum-crc32:j+YomQ==\r\n\r\n", want: "200",
			},
			{do: "GET /story/c", want: "200", has: []string{"\nxy"}, lacks: []string{"aws-chunked"}},
			{
				do: "PUT /story/c", header: []string{
					"x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "x-amz-decoded-content-length: 2",
				},
				body: "1;chunk-signature=00\r\nx\r\n", want: "400 IncompleteBody", unlikeMoto: "it takes what there is",
			},
		},
		"lists": {
			{do: "PUT /story/a/1", body: "x", want: "200"},
			{do: "PUT /story/a/2", body: "x", want: "200"},
			{do: "PUT /story/b", body: "x", want: "200"},
			{do: "PUT /story/c/d/e", body: "x", want: "200"},
			{
				do: "GET /story?list-type=2&prefix=a/", want: "200",
				has: []string{
					"<Name>story</Name>", "<KeyCount>2</KeyCount>", "<IsTruncated>false</IsTruncated>", "<Key>a/1</Key>", "<Key>a/2</Key>",
					"<Size>1</Size>", "<StorageClass>STANDARD</StorageClass>",
				},
				lacks: []string{"<Key>b</Key>"},
			},
			{
				do: "GET /story?list-type=2&delimiter=/", want: "200",
				has: []string{
					"<Key>b</Key>", "<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>",
					"<CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes>", "<KeyCount>3</KeyCount>",
				},
				lacks: []string{"<Key>a/1</Key>"},
			},
			{do: "GET /story?list-type=2&start-after=a/2", want: "200", has: []string{"<Key>b</Key>", "<KeyCount>2</KeyCount>"}},
			{
				do: "GET /story?list-type=2&delimiter=/&max-keys=1", want: "200",
				has:  []string{"<Prefix>a/</Prefix>", "<IsTruncated>true</IsTruncated>", "<KeyCount>1</KeyCount>"},
				keep: map[string]string{"next": "<NextContinuationToken>(.*)</NextContinuationToken>"},
			},
			{
				do: "GET /story?list-type=2&delimiter=/&max-keys=1&continuation-token={next}", want: "200",
				has: []string{"<Key>b</Key>"}, lacks: []string{"<Prefix>a/</Prefix>"},
				keep: map[string]string{"next": "<NextContinuationToken>(.*)</NextContinuationToken>"},
			},
			{
				do: "GET /story?list-type=2&delimiter=/&max-keys=1&continuation-token={next}", want: "200",
				has: []string{"<Prefix>c/</Prefix>", "<IsTruncated>false</IsTruncated>"},
			},
			{do: "GET /nowhere?list-type=2", want: "404 NoSuchBucket"},
			{
				do: "POST /story?delete", body: "<Delete><Object><Key>a/1</Key></Object><Object><Key>none</Key></Object></Delete>",
				want: "200", has: []string{"<Key>a/1</Key>", "<Key>none</Key>"},
			},
			{do: "GET /story?list-type=2&prefix=a/", want: "200", has: []string{"<KeyCount>1</KeyCount>"}},
			{do: "POST /story?delete", body: "<Delete><Object>", want: "400 MalformedXML", unlikeMoto: "it answers 500"},
		},
		"buckets": {
			{do: "HEAD /story", want: "200"},
			{do: "HEAD /nowhere", want: "404"},
			{do: "GET /story?location", want: "200", has: []string{"LocationConstraint"}},
			{do: "GET /", want: "200", has: []string{"<Name>story</Name>"}},
			{do: "PUT /UPPER", want: "400 InvalidBucketName", unlikeMoto: "it takes any name"},
			{do: "PUT /another-one", want: "200", has: []string{"Location: /another-one"}},
			{do: "PUT /story?tagging", want: "501 NotImplemented", unlikeMoto: "it has tags"},
			{do: "PUT /story/k", header: []string{"x-amz-tagging: a=b"}, want: "501 NotImplemented", unlikeMoto: "it has tags"},
			{do: "PATCH /story/k", want: "501 NotImplemented", unlikeMoto: "it answers 404 in HTML"},
		},
		"versions": {
			{do: "GET /story?versioning", want: "200", lacks: []string{"Enabled"}},
			{do: "PUT /story?versioning", body: "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>", want: "200"},
			{do: "GET /story?versioning", want: "200", has: []string{"<Status>Enabled</Status>"}},
			{do: "PUT /story/k", body: "x", want: "200", keep: keepVersion},
			{do: "PUT /story/k", body: "y", want: "200", has: []string{"X-Amz-Version-Id: "}},
			{do: "GET /story/k", want: "200", has: []string{"\ny", "X-Amz-Version-Id: "}},
			{do: "GET /story/k?versionId={v}", want: "200", has: []string{"\nx", "X-Amz-Version-Id: {v}"}},
			{do: "HEAD /story/k?versionId={v}", want: "200", has: []string{"Etag: " + etagX}},
			{do: "GET /story/k?versionId=00000000000000000000000000", want: "404 NoSuchVersion", unlikeMoto: "it answers 400 or 404 by its own form of ids"},
			{do: "DELETE /story/k", want: "204", has: []string{"X-Amz-Delete-Marker: true"}, keep: map[string]string{"d": `X-Amz-Version-Id: (\S+)`}},
			{do: "GET /story/k", want: "404 NoSuchKey"},
			{do: "GET /story/k?versionId={d}", want: "405 MethodNotAllowed", unlikeMoto: "it answers 404"},
			{do: "GET /story?list-type=2", want: "200", lacks: []string{"<Key>k</Key>"}},
			{do: "PUT /story/k", header: []string{"If-None-Match: *"}, body: "x", want: "200", unlikeMoto: "it takes a delete marker for an object"},
			{
				do: "GET /story?versions", want: "200",
				has: []string{"<VersionId>{v}</VersionId>", "<VersionId>{d}</VersionId>", "<DeleteMarker>", "<IsLatest>false</IsLatest>"},
			},
			{do: "DELETE /story/k?versionId={v}", want: "204", has: []string{"X-Amz-Version-Id: {v}"}},
			{do: "GET /story/k?versionId={v}", want: "404 NoSuchVersion"},
		},
		"uploads": {
			{do: "POST /story/k?uploads", header: []string{"x-amz-meta-colour: blue"}, want: "200", keep: map[string]string{"u": "<UploadId>(.*)</UploadId>"}},
			{do: "PUT /story/k?partNumber=1&uploadId={u}", body: "x", big: true, want: "200", keep: map[string]string{"one": `Etag: (\S+)`}},
			{do: "PUT /story/k?partNumber=2&uploadId={u}", body: "y", want: "200", has: []string{"Etag: " + etagY}},
			{do: "PUT /story/k?partNumber=0&uploadId={u}", body: "y", want: "400 InvalidArgument", unlikeMoto: "it takes any number"},
			{do: "PUT /story/k?partNumber=1&uploadId=none", body: "y", want: "404 NoSuchUpload", unlikeMoto: "it answers 500"},
			{do: "GET /story/k?uploadId={u}", want: "200", has: []string{"<PartNumber>1</PartNumber>", "<Size>5242880</Size>", "<PartNumber>2</PartNumber>"}},
			{do: "GET /story?uploads", want: "200", has: []string{"<UploadId>{u}</UploadId>"}},
			{do: "GET /story/k", want: "404 NoSuchKey"},
			{do: "POST /story/k?uploadId={u}", body: complete("1 {one}", "3 "+etagX), want: "400 InvalidPart"},
			{do: "POST /story/k?uploadId={u}", body: complete("1 {one}", "2 "+etagX), want: "400 InvalidPart"},
			{do: "POST /story/k?uploadId={u}", body: complete("2 "+etagY, "1 {one}"), want: "400 InvalidPartOrder", unlikeMoto: "it weighs first"},
			{do: "POST /story/k?uploadId={u}", body: "nonsense", want: "400 MalformedXML", unlikeMoto: "it answers 500"},
			{
				do: "POST /story/k?uploadId={u}", header: []string{"If-None-Match: *"}, body: complete("1 {one}", "2 "+etagY), want: "200",
				has: []string{"<Key>k</Key>", "-2", "<Bucket>story</Bucket>"},
			},
			{do: "HEAD /story/k", want: "200", has: []string{"Content-Length: 5242881", "X-Amz-Meta-Colour: blue", `-2"`}},
			{do: "GET /story/k", header: []string{"Range: bytes=5242879-"}, want: "206", has: []string{"\nxy"}},
			{do: "GET /story?uploads", want: "200", lacks: []string{"<UploadId>"}},
			{do: "POST /story/k?uploads", want: "200", keep: map[string]string{"u": "<UploadId>(.*)</UploadId>"}},
			{do: "PUT /story/k?partNumber=1&uploadId={u}", body: "y", want: "200"},
			{
				do: "POST /story/k?uploadId={u}", header: []string{"If-None-Match: *"}, body: complete("1 " + etagY),
				want: "412 PreconditionFailed",
			},
			{do: "DELETE /story/k?uploadId={u}", want: "204"},
			{do: "PUT /story/k?partNumber=1&uploadId={u}", body: "y", want: "404 NoSuchUpload", unlikeMoto: "it answers 500"},
			{do: "POST /story/k?uploads", want: "200", keep: map[string]string{"u": "<UploadId>(.*)</UploadId>"}},
			{do: "PUT /story/k?partNumber=1&uploadId={u}", body: "x", want: "200"},
			{do: "PUT /story/k?partNumber=2&uploadId={u}", body: "y", want: "200"},
			{do: "POST /story/k?uploadId={u}", body: complete("1 "+etagX, "2 "+etagY), want: "400 EntityTooSmall"},
		},
		"copies": {
			{do: "PUT /story/k", header: []string{"x-amz-meta-colour: blue"}, body: "x", want: "200"},
			{do: "PUT /story/c", header: []string{"x-amz-copy-source: /story/k"}, want: "200", has: []string{"CopyObjectResult", "<LastModified>"}},
			{do: "GET /story/c", want: "200", has: []string{"\nx", "X-Amz-Meta-Colour: blue"}},
			{do: "PUT /story/c", header: []string{"x-amz-copy-source: /story/none"}, want: "404 NoSuchKey"},
		},
	}
}

// complete is the body that ends an upload of the parts `number etag` or `number etag algorithm=checksum`.
func complete(parts ...string) string {
	var b strings.Builder
	for _, part := range parts {
		fields := strings.Fields(part)
		fmt.Fprintf(&b, "<Part><PartNumber>%s</PartNumber><ETag>%s</ETag>", fields[0], fields[1])
		for _, sum := range fields[2:] {
			name, value, _ := strings.Cut(sum, "=")
			fmt.Fprintf(&b, "<Checksum%[1]s>%[2]s</Checksum%[1]s>", name, value)
		}
		b.WriteString("</Part>")
	}
	return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` + b.String() + "</CompleteMultipartUpload>"
}

// On the wire the store answers as S3 does: statuses, codes, headers and documents.
func TestStories(t *testing.T) {
	for name, steps := range stories() {
		t.Run(name, func(t *testing.T) {
			_, _, server := start(t)
			tell(t, server.URL, "story", false, steps)
		})
	}
}

// What the local store does is what S3 does, as far as moto knows.
func TestStoriesOnMoto(t *testing.T) {
	url := *pipelinetest.Moto(t).BaseEndpoint
	for i, name := range slices.Sorted(maps.Keys(stories())) {
		t.Run(name, func(t *testing.T) { tell(t, url, fmt.Sprintf("story-%d", i), true, stories()[name]) })
	}
}

func tell(t *testing.T, url, bucket string, moto bool, steps []step) {
	t.Helper()
	kept := map[string]string{"story": bucket}
	steps = append([]step{{do: "PUT /story", want: "200"}}, steps...)
	for i, s := range steps {
		if moto && s.unlikeMoto != "" {
			t.Logf("step %d, %s %s, is NOT held against moto: %s", i, s.do, s.header, s.unlikeMoto)
			continue
		}
		got := ask(t, url, s, kept)
		status, text, _ := strings.Cut(got, "\n")
		if status != s.want {
			t.Fatalf("step %d, %s: got %s, want %s\n%s", i, s.do, status, s.want, text)
		}
		if !moto {
			s.has = append(s.has, s.beyondMoto...)
		}
		for _, has := range s.has {
			if has = fill(has, kept); !strings.Contains(text, has) {
				t.Errorf("step %d, %s: no %q in\n%s", i, s.do, has, text)
			}
		}
		for _, lacks := range s.lacks {
			if strings.Contains(text, fill(lacks, kept)) {
				t.Errorf("step %d, %s: %q in\n%s", i, s.do, lacks, text)
			}
		}
		for name, pattern := range s.keep {
			match := regexp.MustCompile(pattern).FindStringSubmatch(text)
			if match == nil {
				t.Fatalf("step %d, %s: no %s in\n%s", i, s.do, pattern, text)
			}
			kept[name] = match[1]
		}
	}
}

func fill(text string, kept map[string]string) string {
	for name, value := range kept {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	bucket := cmp.Or(kept["story"], "story")
	return strings.ReplaceAll(strings.ReplaceAll(text, "/story", "/"+bucket), ">story<", ">"+bucket+"<")
}

var (
	errorCode = regexp.MustCompile(`<Error>.*<Code>(\w+)</Code>`)
	quotes    = strings.NewReplacer("&#34;", `"`, "&quot;", `"`)
)

// ask makes the request of a step; its answer is the status with the error code, the sorted headers, and the body.
func ask(t *testing.T, url string, s step, kept map[string]string) string {
	t.Helper()
	method, path, _ := strings.Cut(fill(s.do, kept), " ")
	body := fill(s.body, kept)
	if s.big {
		body = strings.Repeat(body, 5<<20/len(body))
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0")
	for _, line := range s.header {
		name, value, _ := strings.Cut(fill(line, kept), ": ")
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	status := fmt.Sprint(answer.StatusCode)
	if code := errorCode.FindSubmatch([]byte(strings.ReplaceAll(string(content), "\n", ""))); code != nil && answer.StatusCode >= 400 {
		status += " " + string(code[1])
	}
	var lines []string
	for name, values := range answer.Header {
		for _, value := range values {
			lines = append(lines, name+": "+value)
		}
	}
	slices.Sort(lines)
	return status + "\n" + strings.Join(lines, "\n") + "\n" + quotes.Replace(string(content))
}
