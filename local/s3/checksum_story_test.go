package s3_test

// Checksums, in base64, of x repeated to 5 MiB (X), of y, and of both as one object (Xy). A composite one is over the
// bytes of the checksums of the parts.
const (
	crc32X, crc32Y, crc32Parts, crc32Whole = "BwQzxA==", "+9smFQ==", "e2vlww==", "Z9Ukjw=="
	nvmeY, nvmeWhole                       = "UtOXylRhbcg=", "4wMYf9e3niY="
	sha256Y, sha256OfOne                   = "ofzkNjhU/4iM/0uOeHXWAMJoI5BBKoz3mzfQsRFIsPo=", "8XghxkF+c7JBV8LsgOUnsyqePXA2lAzyi6Uwfbpn4ow="
)

// Why steps below are not tried on moto.
const (
	looksAtNone    = "it does not look at checksums"
	onlyComputes   = "it computes checksums and does not compare them"
	neverConflicts = "it does not remember when an upload began"
	noIfMatch      = "it does not look at If-Match at the end of an upload"
)

var (
	keepUpload = map[string]string{"u": "<UploadId>(.*)</UploadId>"}
	keepOne    = map[string]string{"one": `Etag: (\S+)`}
)

// begin is the step that begins an upload, and parts the steps that give it X and y.
func begin(header ...string) step {
	return step{do: "POST /story/k?uploads", header: header, want: "200", keep: keepUpload}
}

func parts(header1, header2 string) []step {
	of := func(header string) []string {
		if header == "" {
			return nil
		}
		return []string{header}
	}
	return []step{
		{do: "PUT /story/k?partNumber=1&uploadId={u}", header: of(header1), body: "x", big: true, want: "200", keep: keepOne},
		{do: "PUT /story/k?partNumber=2&uploadId={u}", header: of(header2), body: "y", want: "200"},
	}
}

func end(want string, header []string, parts ...string) step {
	return step{do: "POST /story/k?uploadId={u}", header: header, body: complete(parts...), want: want}
}

func story(steps ...[]step) (all []step) {
	for _, some := range steps {
		all = append(all, some...)
	}
	return all
}

// unlike marks a step as one on which moto differs.
func (s step) unlike(why string) step {
	s.unlikeMoto = why
	return s
}

func (s step) answers(has ...string) step {
	s.has = has
	return s
}

// tells is like answers, for what moto leaves out.
func (s step) tells(has ...string) step {
	s.beyondMoto = has
	return s
}

// checksumStories are about what S3 promises of the bytes of an object. The codes are those that S3 was seen to answer:
// docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html names only some of them.
func checksumStories() map[string][]step {
	mode := []string{"x-amz-checksum-mode: ENABLED"}
	both := []string{"1 {one} CRC32=" + crc32X, "2 " + etagY + " CRC32=" + crc32Y}
	bare := []string{"1 {one}", "2 " + etagY}
	crc32Header := func(value string) string { return "x-amz-checksum-crc32: " + value }
	return map[string][]step{
		"checksums": {
			step{do: "PUT /story/k", body: "y", want: "200"}.tells("X-Amz-Checksum-Crc64nvme: "+nvmeY, "X-Amz-Checksum-Type: FULL_OBJECT"),
			step{do: "HEAD /story/k", header: mode, want: "200"}.tells("X-Amz-Checksum-Crc64nvme: "+nvmeY, "X-Amz-Checksum-Type: FULL_OBJECT"),
			{do: "HEAD /story/k", want: "200", lacks: []string{"X-Amz-Checksum"}},
			{do: "GET /story/k", header: []string{"x-amz-checksum-mode: maybe"}, want: "400 InvalidRequest", unlikeMoto: looksAtNone},
			{do: "PUT /story/k", body: "0123456789", header: []string{crc32Header("poTHxg==")}, want: "200"},
			{
				do: "GET /story/k", header: []string{mode[0], "Range: bytes=0-8"}, want: "206", lacks: []string{"X-Amz-Checksum"},
			},
			step{do: "GET /story/k", header: []string{mode[0], "Range: bytes=0-9"}, want: "206"}.tells("X-Amz-Checksum-Crc32: poTHxg=="),
			{do: "PUT /story/k", body: "y", header: []string{crc32Header(crc32X)}, want: "400 BadDigest", unlikeMoto: looksAtNone},
			{do: "PUT /story/k", body: "y", header: []string{crc32Header("+9smFR==")}, want: "400 InvalidRequest", unlikeMoto: looksAtNone},
			{do: "PUT /story/k", body: "y", header: []string{crc32Header("+9sm")}, want: "400 InvalidRequest", unlikeMoto: looksAtNone},
			{
				do: "PUT /story/k", body: "y", header: []string{crc32Header(crc32Y), "x-amz-checksum-sha256: " + sha256Y},
				want: "400 InvalidRequest", unlikeMoto: looksAtNone,
			},
			{
				do: "PUT /story/k", body: "y", header: []string{crc32Header(crc32Y), "x-amz-sdk-checksum-algorithm: SHA256"},
				want: "400 InvalidRequest", unlikeMoto: looksAtNone,
			},
			{
				do: "PUT /story/k", body: "y", header: []string{"x-amz-sdk-checksum-algorithm: CRC32"},
				want: "400 InvalidRequest", unlikeMoto: looksAtNone,
			},
			{
				do: "PUT /story/k", body: "y", header: []string{"x-amz-checksum-xxhash3: AAAAAAAAAAA="},
				want: "501 NotImplemented", unlikeMoto: looksAtNone,
			},
			{do: "PUT /story/k", body: "y", header: []string{"x-amz-checksum-sha256: " + sha256Y}, want: "200"},
			step{do: "PUT /story/c", header: []string{"x-amz-copy-source: /story/k"}, want: "200"}.tells("<ChecksumSHA256>"+sha256Y+"</ChecksumSHA256>", "<ChecksumType>FULL_OBJECT</ChecksumType>"),
			step{
				do: "PUT /story/c", header: []string{"x-amz-copy-source: /story/k", "x-amz-checksum-algorithm: CRC32"}, want: "200",
			}.answers("<ChecksumCRC32>" + crc32Y + "</ChecksumCRC32>"),
			step{do: "HEAD /story/c", header: mode, want: "200"}.answers("X-Amz-Checksum-Crc32: " + crc32Y),
			{
				do: "PUT /story/c", header: []string{"x-amz-copy-source: /story/k", "x-amz-checksum-algorithm: CRC16"},
				want: "400 InvalidRequest", unlikeMoto: looksAtNone,
			},
			step{do: "GET /story?list-type=2", want: "200"}.tells("<ChecksumAlgorithm>SHA256</ChecksumAlgorithm>", "<ChecksumType>FULL_OBJECT</ChecksumType>"),
		},
		"how uploads begin": {
			begin("x-amz-checksum-algorithm: CRC32").tells("X-Amz-Checksum-Algorithm: CRC32", "X-Amz-Checksum-Type: COMPOSITE"),
			begin("x-amz-checksum-algorithm: CRC64NVME").tells("X-Amz-Checksum-Type: FULL_OBJECT"),
			begin("x-amz-checksum-algorithm: CRC32C", "x-amz-checksum-type: FULL_OBJECT").
				answers("X-Amz-Checksum-Type: FULL_OBJECT"),
			step{do: "GET /story?uploads", want: "200"}.
				answers("<ChecksumAlgorithm>CRC32C</ChecksumAlgorithm>", "<ChecksumType>FULL_OBJECT</ChecksumType>"),
			refusedBegin("x-amz-checksum-algorithm: CRC16"),
			refusedBegin("x-amz-checksum-type: COMPOSITE"),
			refusedBegin("x-amz-checksum-algorithm: CRC32", "x-amz-checksum-type: HALF_OBJECT"),
			refusedBegin("x-amz-checksum-algorithm: SHA256", "x-amz-checksum-type: FULL_OBJECT"),
			refusedBegin("x-amz-checksum-algorithm: CRC64NVME", "x-amz-checksum-type: COMPOSITE"),
		},
		"uploads without an algorithm": story([]step{begin()}, parts(crc32Header(crc32X), "x-amz-checksum-sha256: "+sha256Y), []step{
			{do: "GET /story/k?uploadId={u}", want: "200", lacks: []string{"Checksum"}},
			end("400 InvalidPart", nil, both...).unlike(looksAtNone),
			end("400 InvalidArgument", nil, "1 {one} CRC32=short", "2 "+etagY).unlike(looksAtNone),
			end("400 InvalidRequest", []string{"x-amz-checksum-type: COMPOSITE"}, bare...).unlike(looksAtNone),
			end("400 BadDigest", []string{"x-amz-checksum-crc64nvme: " + nvmeY}, bare...).unlike(onlyComputes),
			end("200", []string{crc32Header(crc32Parts)}, bare...).
				tells("<ChecksumCRC64NVME>"+nvmeWhole+"</ChecksumCRC64NVME>", "<ChecksumType>FULL_OBJECT</ChecksumType>"),
			step{do: "HEAD /story/k", header: mode, want: "200"}.tells("X-Amz-Checksum-Crc64nvme: "+nvmeWhole, "X-Amz-Checksum-Type: FULL_OBJECT"),
		}),
		"uploads with a composite checksum": story([]step{
			begin("x-amz-checksum-algorithm: CRC32"),
			{
				do: "PUT /story/k?partNumber=2&uploadId={u}", header: []string{"x-amz-checksum-sha256: " + sha256Y}, body: "y",
				want: "400 InvalidRequest", unlikeMoto: looksAtNone,
			},
			{do: "PUT /story/k?partNumber=2&uploadId={u}", body: "y", want: "400 InvalidRequest", unlikeMoto: looksAtNone},
			{
				do: "PUT /story/k?partNumber=2&uploadId={u}", header: []string{crc32Header(crc32X)}, body: "y",
				want: "400 BadDigest", unlikeMoto: looksAtNone,
			},
		}, parts(crc32Header(crc32X), crc32Header(crc32Y)), []step{
			step{do: "GET /story/k?uploadId={u}", want: "200"}.tells(
				"<ChecksumCRC32>"+crc32Y+"</ChecksumCRC32>", "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm>", "<ChecksumType>COMPOSITE</ChecksumType>"),
			end("400 InvalidRequest", nil, bare...).unlike(looksAtNone),
			end("400 InvalidRequest", nil, both[0], bare[1]).unlike(looksAtNone),
			end("400 InvalidArgument", nil, both[0], both[1]+" SHA256="+sha256Y).unlike(looksAtNone),
			end("400 InvalidPart", nil, both[0], "2 "+etagY+" CRC32="+crc32X).unlike(looksAtNone),
			end("400 BadDigest", nil, both[0], "2 "+etagY+" SHA256="+sha256Y).unlike(looksAtNone),
			end("400 BadDigest", []string{crc32Header(crc32Whole)}, both...).unlike(onlyComputes),
			end("400 BadDigest", []string{crc32Header(crc32Parts + "-3")}, both...).unlike(onlyComputes),
			end("400 BadDigest", []string{"x-amz-checksum-sha256: " + sha256Y}, both...).unlike(onlyComputes),
			end("400 InvalidRequest", []string{crc32Header(crc32Parts + "-x")}, both...).unlike(onlyComputes),
			end("400 InvalidRequest", []string{"x-amz-checksum-type: FULL_OBJECT"}, both...).unlike(looksAtNone),
			end("400 InvalidRequest", []string{"x-amz-mp-object-size: 5242880"}, both...).unlike(looksAtNone),
			end("400 InvalidRequest", []string{"x-amz-mp-object-size: many"}, both...).unlike(looksAtNone),
			end("200", []string{crc32Header(crc32Parts), "x-amz-mp-object-size: 5242881"}, both...).
				tells("<ChecksumCRC32>"+crc32Parts+"-2</ChecksumCRC32>", "<ChecksumType>COMPOSITE</ChecksumType>"),
			step{do: "HEAD /story/k", header: mode, want: "200"}.answers("X-Amz-Checksum-Crc32: "+crc32Parts).
				tells("-2", "X-Amz-Checksum-Type: COMPOSITE"),
			step{do: "PUT /story/c", header: []string{"x-amz-copy-source: /story/k"}, want: "200"}.tells("<ChecksumCRC32>"+crc32Whole+"</ChecksumCRC32>", "<ChecksumType>FULL_OBJECT</ChecksumType>"),
		}),
		"uploads of one part with a composite checksum": {
			begin("x-amz-checksum-algorithm: SHA256"),
			{do: "PUT /story/k?partNumber=7&uploadId={u}", header: []string{"x-amz-checksum-sha256: " + sha256Y}, body: "y", want: "200"},
			end("200", []string{"x-amz-checksum-sha256: " + sha256OfOne + "-1"}, "7 "+etagY+" SHA256="+sha256Y).
				tells("<ChecksumSHA256>" + sha256OfOne + "-1</ChecksumSHA256>"),
		},
		"uploads with a checksum over all bytes": story(
			[]step{begin("x-amz-checksum-algorithm: CRC32", "x-amz-checksum-type: FULL_OBJECT")}, parts("", ""), []step{
				end("400 InvalidPart", nil, bare[0], "2 "+etagY+" CRC32="+crc32X).unlike(looksAtNone),
				end("400 BadDigest", []string{crc32Header(crc32Parts)}, both...).unlike(onlyComputes),
				end("400 InvalidRequest", []string{"x-amz-checksum-type: COMPOSITE"}, both...).unlike(looksAtNone),
				end("200", []string{crc32Header(crc32Whole), "x-amz-checksum-type: FULL_OBJECT"}, both[0], bare[1]).
					tells("<ChecksumCRC32>"+crc32Whole+"</ChecksumCRC32>", "<ChecksumType>FULL_OBJECT</ChecksumType>"),
				step{do: "HEAD /story/k", header: mode, want: "200"}.answers("X-Amz-Checksum-Crc32: "+crc32Whole, "X-Amz-Checksum-Type: FULL_OBJECT"),
			}),
		// The condition is that of the moment. If it holds although the key was written or deleted since the upload began, S3
		// does not take the end of the upload: docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html.
		"conditional ends of uploads": {
			{do: "PUT /story/k", body: "x", want: "200"},
			begin(),
			{do: "PUT /story/k?partNumber=1&uploadId={u}", body: "x", want: "200"},
			{do: "PUT /story/k", body: "y", want: "200"},
			end("412 PreconditionFailed", []string{"If-None-Match: *"}, "1 "+etagX),
			end("412 PreconditionFailed", []string{"If-Match: " + etagX}, "1 "+etagX).unlike(noIfMatch),
			end("409 ConditionalRequestConflict", []string{"If-Match: " + etagY}, "1 "+etagX).unlike(neverConflicts),
			{do: "DELETE /story/k", want: "204"},
			end("404 NoSuchKey", []string{"If-Match: " + etagY}, "1 "+etagX).unlike(noIfMatch),
			end("409 ConditionalRequestConflict", []string{"If-None-Match: *"}, "1 "+etagX).unlike(neverConflicts),
			end("200", nil, "1 "+etagX),
			{do: "GET /story/k", want: "200", has: []string{"\nx"}},
			{do: "DELETE /story/k", want: "204"},
			begin(),
			{do: "PUT /story/k?partNumber=1&uploadId={u}", body: "y", want: "200"},
			end("200", []string{"If-None-Match: *"}, "1 "+etagY),
			{do: "GET /story/k", want: "200", has: []string{"\ny"}},
		},
	}
}

func refusedBegin(header ...string) step {
	return step{do: "POST /story/k?uploads", header: header, want: "400 InvalidRequest", unlikeMoto: looksAtNone}
}
