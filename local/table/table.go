// Package table is DynamoDB on the laptop: tables in memory, conditional writes, and a stream that tells of each change
// before the writer has its answer.
//
// It serves the operations and parameters that it understands; any other is an error that names it.
package table

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	jsonv2 "github.com/go-json-experiment/json"

	"github.com/mejan/mejan/local/table/expression"
)

// Config says where the tables are said to be.
type Config struct{ Region, Account string }

// DynamoDB implements [wire.Service].
type DynamoDB struct {
	config Config

	mu     sync.RWMutex
	tables map[string]*table
}

// New makes a DynamoDB without tables.
func New(c Config) *DynamoDB { return &DynamoDB{config: c, tables: make(map[string]*table)} }

// table is one table. Items are never changed in place.
type table struct {
	name, arn, streamARN string
	created              time.Time
	schema
	indexes []*index
	view    types.StreamViewType // Empty where there is no stream.

	// writing is held from before a change until the subscribers know of it, so that they hear of changes in order. It
	// comes before mu, which is held for the change alone: a subscriber may read.
	writing     sync.Mutex
	subscribers []func(json.RawMessage)
	sequence    uint64

	mu    sync.RWMutex
	items map[string]expression.Item
}

// Description tells what AWS made up for a new table.
type Description struct {
	Name, ARN string
	// StreamARN is empty where the table has no stream.
	StreamARN string
}

// CreateTable makes a table of a hash key and maybe a range key, with global secondary indexes.
func (d *DynamoDB) CreateTable(in *dynamodb.CreateTableInput) (Description, error) {
	t, err := d.create(in)
	if err != nil {
		return Description{}, fmt.Errorf("create table %q: %w", deref(in.TableName), err)
	}
	return t.description(), nil
}

// Describe tells of a table; false where there is none of that name.
func (d *DynamoDB) Describe(name string) (Description, bool) {
	t, err := d.table(name)
	if err != nil {
		return Description{}, false
	}
	return t.description(), true
}

func (t *table) description() Description {
	return Description{Name: t.name, ARN: t.arn, StreamARN: t.streamARN}
}

// Tables lists the names of the tables, sorted.
func (d *DynamoDB) Tables() []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Sorted(maps.Keys(d.tables))
}

// Subscribe asks to be told of each change to a table that has a stream: one stream record at a time, in the order of
// the changes, as AWS writes it, before the writer has its answer. A subscriber may read the table; it must not wait
// for a write to it.
func (d *DynamoDB) Subscribe(name string, subscriber func(record json.RawMessage)) error {
	t, err := d.table(name)
	if err != nil {
		return fmt.Errorf("subscribe to table %q: %w", name, err)
	}
	if t.view == "" {
		return fmt.Errorf("subscribe to table %q: it has no stream", name)
	}
	t.writing.Lock()
	defer t.writing.Unlock()
	t.subscribers = append(t.subscribers, subscriber)
	return nil
}

// Item is an item of a table.
type Item struct{ item expression.Item }

// JSON is the item as DynamoDB writes it, each value under its type, names sorted.
func (i Item) JSON() ([]byte, error) {
	text, err := jsonv2.Marshal(map[string]expression.Value(i.item), writeOptions())
	if err != nil {
		return nil, fmt.Errorf("write item: %w", err)
	}
	return text, nil
}

// Plain is the item as ordinary JSON, names sorted: numbers as numbers with all their digits, bytes as base64, sets as
// arrays.
func (i Item) Plain() ([]byte, error) {
	text, err := jsonv2.Marshal(plain(&types.AttributeValueMemberM{Value: i.item}), jsonv2.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("write item: %w", err)
	}
	return text, nil
}

// Items yields the items of a table, sorted by key; none for a table that does not exist.
func (d *DynamoDB) Items(name string) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		t, err := d.table(name)
		if err != nil {
			return
		}
		for _, item := range t.sorted() {
			if !yield(Item{item}) {
				return
			}
		}
	}
}

// sorted lists the items by hash key, then by sort key.
func (t *table) sorted() []expression.Item {
	t.mu.RLock()
	all := slices.Collect(maps.Values(t.items))
	t.mu.RUnlock()
	slices.SortFunc(all, t.compare)
	return all
}

// table finds a table by name or ARN.
func (d *DynamoDB) table(name string) (*table, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	t, ok := d.tables[bare(name)]
	if !ok {
		return nil, failf(notFound, "Requested resource not found: Table: %s not found", name)
	}
	return t, nil
}

// bare takes the name out of an ARN.
func bare(name string) string {
	if _, after, ok := strings.Cut(name, ":table/"); ok {
		return after
	}
	return name
}

func (d *DynamoDB) arn(name string) string {
	return fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s", d.config.Region, d.config.Account, bare(name))
}

func deref[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}
