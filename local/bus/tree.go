package bus

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// number is a JSON number as its source spells it: EventBridge compares exact numbers by their text, so that 300 and
// 300.0 differ.
type number string

// parse reads one JSON value as map[string]any, []any, string, [number], bool or nil. It refuses duplicate keys.
func parse(data []byte) (any, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(data))
	value, err := read(dec)
	if err != nil {
		return nil, err
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("text after the value at byte %d", dec.InputOffset())
	}
	return value, nil
}

func read(dec *jsontext.Decoder) (any, error) {
	token, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case '{':
		return readObject(dec)
	case '[':
		return readArray(dec)
	case '"':
		return token.String(), nil
	case '0':
		return number(token.String()), nil
	case 't', 'f':
		return token.Bool(), nil
	default:
		return nil, nil
	}
}

func readObject(dec *jsontext.Decoder) (any, error) {
	object := make(map[string]any)
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		// The token's text is gone after the next read.
		key := name.String()
		if object[key], err = read(dec); err != nil {
			return nil, err
		}
	}
	_, err := dec.ReadToken()
	return object, err
}

func readArray(dec *jsontext.Decoder) (any, error) {
	array := []any{}
	for dec.PeekKind() != ']' {
		value, err := read(dec)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	_, err := dec.ReadToken()
	return array, err
}
