package table

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	jsonv2 "github.com/go-json-experiment/json"

	"github.com/mejan/mejan/local/table/expression"
	"github.com/mejan/mejan/local/wire"
)

// targetPrefix is the version of the API, before the operation's name in X-Amz-Target.
const targetPrefix = "DynamoDB_20120810."

// operation reads an input and carries it out.
type operation struct {
	read  func(text []byte) (input any, table string, err error)
	serve func(d *DynamoDB, input any) (any, error)
}

// on makes an operation of its parts; name finds the table that it is about.
func on[T any](name func(*T) *string, serve func(*DynamoDB, *T) (any, error)) operation {
	return operation{
		read: func(text []byte) (any, string, error) {
			in := new(T)
			if err := jsonv2.Unmarshal(text, in, readOptions()); err != nil {
				return nil, "", err
			}
			return in, deref(name(in)), nil
		},
		serve: func(d *DynamoDB, in any) (any, error) { return serve(d, in.(*T)) },
	}
}

func operations() map[string]operation {
	return map[string]operation{
		"CreateTable":   on(func(in *dynamodb.CreateTableInput) *string { return in.TableName }, (*DynamoDB).createTable),
		"DescribeTable": on(func(in *dynamodb.DescribeTableInput) *string { return in.TableName }, (*DynamoDB).describeTable),
		"DeleteTable":   on(func(in *dynamodb.DeleteTableInput) *string { return in.TableName }, (*DynamoDB).deleteTable),
		"ListTables":    on(func(*dynamodb.ListTablesInput) *string { return nil }, (*DynamoDB).listTables),
		"PutItem":       on(func(in *dynamodb.PutItemInput) *string { return in.TableName }, (*DynamoDB).putItem),
		"GetItem":       on(func(in *dynamodb.GetItemInput) *string { return in.TableName }, (*DynamoDB).getItem),
		"UpdateItem":    on(func(in *dynamodb.UpdateItemInput) *string { return in.TableName }, (*DynamoDB).updateItem),
		"DeleteItem":    on(func(in *dynamodb.DeleteItemInput) *string { return in.TableName }, (*DynamoDB).deleteItem),
		"Query":         on(func(in *dynamodb.QueryInput) *string { return in.TableName }, (*DynamoDB).query),
		"Scan":          on(func(in *dynamodb.ScanInput) *string { return in.TableName }, (*DynamoDB).scan),
	}
}

// Name implements [wire.Service].
func (*DynamoDB) Name() string { return "dynamodb" }

// Read implements [wire.Service].
func (d *DynamoDB) Read(r *http.Request) (wire.Call, *wire.Error) {
	name := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	op, ok := operations()[name]
	if !ok {
		return wire.Call{}, &wire.Error{
			Status: http.StatusBadRequest, Code: "UnknownOperationException",
			Message: fmt.Sprintf("the local cloud has no operation %q", name),
		}
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return wire.Call{}, &wire.Error{Status: http.StatusBadRequest, Code: serialization, Message: err.Error()}
	}
	input, table, err := op.read(text)
	if err != nil {
		return wire.Call{}, &wire.Error{Status: http.StatusBadRequest, Code: serialization, Message: err.Error()}
	}
	resource := d.arn(table)
	if table == "" {
		resource = "*"
	}
	if query, ok := input.(*dynamodb.QueryInput); ok && query.IndexName != nil {
		resource += "/index/" + *query.IndexName
	}
	return wire.Call{
		Operation: name, Input: input,
		Needs: []wire.Permission{{Action: "dynamodb:" + name, Resource: resource}},
	}, nil
}

// Serve implements [wire.Service].
func (d *DynamoDB) Serve(w http.ResponseWriter, _ *http.Request, c wire.Call) {
	result, err := operations()[c.Operation].serve(d, c.Input)
	var failed *failure
	switch {
	case errors.As(err, &failed):
		failed.write(w)
	case err != nil:
		(&failure{code: validation, message: err.Error()}).write(w)
	default:
		write(w, http.StatusOK, result)
	}
}

// Fail implements [wire.Service].
func (*DynamoDB) Fail(w http.ResponseWriter, e *wire.Error) {
	(&failure{status: e.Status, code: e.Code, message: e.Message}).write(w)
}

// Codes of errors.
const (
	validation      = "ValidationException"
	notFound        = "ResourceNotFoundException"
	conditionFailed = "ConditionalCheckFailedException"
	serialization   = "SerializationException"
)

// failure is an error of this service. An error that is none is the request's fault.
type failure struct {
	status  int // 0 means 400.
	code    string
	message string
	// item is what a failed condition was held against, if the caller asked for it.
	item expression.Item
}

func (f *failure) Error() string { return f.code + ": " + f.message }

func failf(code, format string, args ...any) *failure {
	return &failure{code: code, message: fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) *failure { return failf(validation, format, args...) }

func (f *failure) write(w http.ResponseWriter) {
	namespace := "com.amazonaws.dynamodb.v20120810#"
	switch f.code {
	case validation:
		namespace = "com.amazon.coral.validate#"
	case serialization, "UnknownOperationException", "AccessDeniedException":
		namespace = "com.amazon.coral.service#"
	}
	body := map[string]any{"__type": namespace + f.code, "message": f.message}
	if f.item != nil {
		body["Item"] = f.item
	}
	status := f.status
	if status == 0 {
		status = http.StatusBadRequest
	}
	write(w, status, body)
}

func write(w http.ResponseWriter, status int, body any) {
	text, err := jsonv2.Marshal(body, writeOptions())
	if err != nil {
		panic(fmt.Sprintf("marshal answer: %v", err)) // What was read can be written.
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(text)), 10))
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
