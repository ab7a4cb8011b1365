package bus_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/mejan/mejan/local/bus"
)

// scenario is one row of the table that the matcher and, where it can, moto agree on.
type scenario struct {
	name, pattern, event string
	want                 bool
	// alone marks what moto does not implement as AWS documents it.
	alone bool
}

func scenarios() []scenario {
	const completed = `{"source":"mejan.data-ingestor","detail-type":"IngestorCompleted",` +
		`"detail":{"schema":1,"valid_count":312,"bucket":{"name":"data"},"tags":["a","b"],"rejects_key":"","ratio":1.50,` +
		`"note":null,"big":true,"files":[{"name":"x","ok":true},{"name":"y","ok":false}],"none":[]}}`
	table := []scenario{
		{name: "exact", pattern: `{"source":["mejan.data-ingestor"],"detail-type":["IngestorCompleted"]}`, want: true},
		{name: "another source", pattern: `{"source":["mejan.ingestor"]}`},
		{name: "case matters", pattern: `{"detail-type":["ingestorcompleted"]}`},
		{name: "one of several", pattern: `{"source":["a","mejan.data-ingestor"]}`, want: true},
		{name: "every field must match", pattern: `{"source":["mejan.data-ingestor"],"detail-type":["x"]}`},
		{name: "nested", pattern: `{"detail":{"bucket":{"name":["data"]}}}`, want: true},
		{name: "nested, absent", pattern: `{"detail":{"bucket":{"arn":["data"]}}}`},
		{name: "nested in a scalar", pattern: `{"detail":{"schema":{"name":["data"]}}}`},
		{name: "empty string", pattern: `{"detail":{"rejects_key":[""]}}`, want: true},
		{name: "null", pattern: `{"detail":{"note":[null]}}`, want: true},
		{name: "null is not absence", pattern: `{"detail":{"nothing":[null]}}`},
		{name: "true", pattern: `{"detail":{"big":[true]}}`, want: true},
		{name: "number", pattern: `{"detail":{"schema":[1]}}`, want: true},
		{name: "number is not text", pattern: `{"detail":{"schema":["1"]}}`},
		{name: "number spelled otherwise", pattern: `{"detail":{"ratio":[1.5]}}`, alone: true},
		{name: "element of an array", pattern: `{"detail":{"tags":["b"]}}`, want: true},
		{name: "no element of an array", pattern: `{"detail":{"tags":["c"]}}`},
		{name: "object in an array", pattern: `{"detail":{"files":{"name":["y"]}}}`, want: true, alone: true},
		{
			name:    "fields of different objects in an array",
			pattern: `{"detail":{"files":{"name":["y"],"ok":[true]}}}`, alone: true,
		},
		{name: "prefix", pattern: `{"source":[{"prefix":"mejan."}]}`, want: true},
		{name: "prefix, not", pattern: `{"source":[{"prefix":"aws."}]}`},
		{name: "prefix of a number", pattern: `{"detail":{"schema":[{"prefix":"1"}]}}`},
		{name: "prefix, any case", pattern: `{"source":[{"prefix":{"equals-ignore-case":"MEJAN."}}]}`, want: true},
		{name: "suffix", pattern: `{"detail-type":[{"suffix":"Completed"}]}`, want: true},
		{name: "suffix, any case", pattern: `{"detail-type":[{"suffix":{"equals-ignore-case":"ED"}}]}`, want: true},
		{name: "longer than the text", pattern: `{"detail":{"bucket":{"name":[{"suffix":"the data"}]}}}`},
		{name: "equals-ignore-case", pattern: `{"detail-type":[{"equals-ignore-case":"ingestorCOMPLETED"}]}`, want: true},
		{name: "wildcard", pattern: `{"source":[{"wildcard":"mejan.*-*or"}]}`, want: true},
		{name: "wildcard needs all parts", pattern: `{"source":[{"wildcard":"mejan.*x*or"}]}`},
		{name: "wildcard is anchored", pattern: `{"source":[{"wildcard":"*ingest"}]}`},
		{name: "wildcard, parts do not overlap", pattern: `{"detail":{"bucket":{"name":[{"wildcard":"data*a"}]}}}`},
		{name: "wildcard, escaped star", pattern: `{"source":[{"wildcard":"mejan.\\*"}]}`},
		{name: "anything-but", pattern: `{"source":[{"anything-but":"aws.s3"}]}`, want: true},
		{name: "anything-but itself", pattern: `{"source":[{"anything-but":"mejan.data-ingestor"}]}`},
		{name: "anything-but a list", pattern: `{"detail":{"schema":[{"anything-but":[1,2]}]}}`},
		{name: "anything-but needs a value", pattern: `{"detail":{"nothing":[{"anything-but":"x"}]}}`},
		{name: "anything-but a prefix", pattern: `{"source":[{"anything-but":{"prefix":"mejan"}}]}`},
		{name: "anything-but a suffix", pattern: `{"source":[{"anything-but":{"suffix":"x"}}]}`, want: true},
		{name: "anything-but a wildcard", pattern: `{"source":[{"anything-but":{"wildcard":"m*r"}}]}`},
		{name: "anything-but prefixes", pattern: `{"source":[{"anything-but":{"prefix":["a","mej"]}}]}`},
		{name: "numeric equal", pattern: `{"detail":{"ratio":[{"numeric":["=",1.5]}]}}`, want: true},
		{name: "numeric range", pattern: `{"detail":{"valid_count":[{"numeric":[">",0,"<=",312]}]}}`, want: true},
		{name: "outside of a numeric range", pattern: `{"detail":{"valid_count":[{"numeric":[">",0,"<",312]}]}}`},
		{name: "numeric of text", pattern: `{"source":[{"numeric":[">",0]}]}`},
		{name: "exists", pattern: `{"detail":{"rejects_key":[{"exists":true}]}}`, want: true},
		{name: "exists, null", pattern: `{"detail":{"note":[{"exists":true}]}}`, want: true},
		{name: "exists, absent", pattern: `{"detail":{"nothing":[{"exists":true}]}}`},
		{name: "exists sees leaves only", pattern: `{"detail":{"bucket":[{"exists":true}]}}`},
		{name: "absent", pattern: `{"detail":{"nothing":[{"exists":false}]}}`, want: true},
		{name: "absent, in an absent object", pattern: `{"detail":{"no":{"thing":[{"exists":false}]}}}`, want: true},
		{name: "absent, but there", pattern: `{"detail":{"schema":[{"exists":false}]}}`},
		{name: "absent or a value", pattern: `{"detail":{"schema":[{"exists":false},1]}}`, want: true},
		{name: "empty array is absent", pattern: `{"detail":{"none":[{"exists":false}]}}`, want: true, alone: true},
		{name: "$or", pattern: `{"$or":[{"source":["x"]},{"detail":{"schema":[1]}}]}`, want: true},
		{name: "$or, none", pattern: `{"$or":[{"source":["x"]},{"detail":{"schema":[2]}}]}`},
		{name: "$or and a field", pattern: `{"source":["x"],"$or":[{"detail-type":["x"]},{"detail":{"schema":[1]}}]}`},
		{name: "$or, nested", pattern: `{"detail":{"$or":[{"schema":[2]},{"big":[true]}]}}`, want: true},
		{
			name: "new item in a stream", want: true, alone: true, pattern: `{"eventName":["INSERT"]}`,
			event: `{"eventName":"INSERT","dynamodb":{"NewImage":{"analysis_id":{"S":"x"}}}}`,
		},
		{
			name: "changed item in a stream", alone: true, pattern: `{"eventName":["INSERT"]}`,
			event: `{"eventName":"MODIFY","dynamodb":{"NewImage":{"analysis_id":{"S":"x"}}}}`,
		},
	}
	for i := range table {
		table[i].event = cmp.Or(table[i].event, completed)
	}
	return table
}

// A pattern matches here exactly when EventBridge documents that it does.
func TestMatch(t *testing.T) {
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			got, err := bus.Match([]byte(s.pattern), []byte(s.event))
			if err != nil {
				t.Fatal(err)
			}
			if got != s.want {
				t.Errorf("pattern %s\nevent %s\nmatches: %t, want %t", s.pattern, s.event, got, s.want)
			}
		})
	}
}

// A pattern that this matcher would misread is refused, and the error names the place and the reason.
func TestCompileRefuses(t *testing.T) {
	for _, test := range []struct{ pattern, want string }{
		{`{`, "unexpected EOF"},
		{`[]`, "must be an object"},
		{`{}`, "empty objects are not allowed"},
		{`{"detail":{}}`, "/detail: empty objects"},
		{`{"source":"x"}`, "/source: must be an object or an array"},
		{`{"source":[]}`, "/source: empty arrays"},
		{`{"source":[["x"]]}`, "/source/0: an array within an array"},
		{`{"source":["a"],"source":["b"]}`, "duplicate object member name"},
		{`{"detail":{"ip":[{"cidr":"10.0.0.0/8"}]}}`, `/detail/ip/0/cidr: the comparison "cidr" is not supported`},
		{`{"source":[{"prefix":1}]}`, "/source/0/prefix: must be a string"},
		{`{"source":[{"prefix":"a","suffix":"b"}]}`, "exactly one comparison, not 2"},
		{`{"source":[{"exists":"true"}]}`, "must be true or false"},
		{`{"source":[{"wildcard":"a**"}]}`, "consecutive stars"},
		{`{"source":[{"wildcard":"a\\b"}]}`, "a backslash must stand before"},
		{`{"source":[{"anything-but":null}]}`, "must be a string or a number"},
		{`{"source":[{"anything-but":[]}]}`, "empty arrays"},
		{`{"source":[{"anything-but":{"cidr":"x"}}]}`, `"cidr" is not supported`},
		{`{"n":[{"numeric":["~",1]}]}`, `operator "~" is not supported`},
		{`{"n":[{"numeric":["<",1,">",0]}]}`, "a lower bound, then an upper bound"},
		{`{"n":[{"numeric":["<",6000000000]}]}`, "within ±5,000,000,000"},
		{`{"n":[{"numeric":[">"]}]}`, "pairs of operator and number"},
		{`{"$or":[{"a":["b"]}]}`, "/$or: needs at least two"},
		{`{"$or":[{"a":["b"]},"c"]}`, "/$or/1: must be an object"},
	} {
		_, err := bus.Compile([]byte(test.pattern))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("pattern %s: error %v, want one with %q", test.pattern, err, test.want)
		}
	}
}
