// Encodingjson checks a batch of bars by Go's encoding/json: encodingjson FILE PROCESSED REJECTS. It reads by the
// streaming decoder, a row at a time, into a typed struct.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "encodingjson:", err)
		os.Exit(1)
	}
}

func run(path, processed, rejects string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	valid, err := create(processed)
	if err != nil {
		return err
	}
	rejected, err := create(rejects)
	if err != nil {
		return err
	}
	s := splitter{
		dec: json.NewDecoder(bufio.NewReaderSize(in, 1<<20)), today: time.Now().Format(time.DateOnly),
		valid: json.NewEncoder(valid.buffer), rejected: json.NewEncoder(rejected.buffer),
	}
	if err := s.batch(); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	for _, out := range []*output{valid, rejected} {
		if err := out.close(); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(s.rows)
}

// output is a buffered file.
type output struct {
	file   *os.File
	buffer *bufio.Writer
}

func create(path string) (*output, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &output{file, bufio.NewWriterSize(file, 1<<20)}, nil
}

func (o *output) close() error {
	if err := o.buffer.Flush(); err != nil {
		return err
	}
	return o.file.Close()
}

type meta struct {
	Symbol   string `json:"symbol"`
	Interval string `json:"interval"`
	Currency string `json:"currency"`
	Exchange string `json:"exchange"`
}

type bar struct {
	Symbol   string      `json:"symbol"`
	Interval string      `json:"interval"`
	Datetime string      `json:"datetime"`
	Open     json.Number `json:"open"`
	High     json.Number `json:"high"`
	Low      json.Number `json:"low"`
	Close    json.Number `json:"close"`
	Volume   json.Number `json:"volume,omitempty"`
	Currency string      `json:"currency"`
	Exchange string      `json:"exchange"`
}

type reject struct {
	Symbol  string   `json:"symbol"`
	Raw     row      `json:"raw"`
	Reasons []string `json:"reasons"`
}

type splitter struct {
	dec             *json.Decoder
	valid, rejected *json.Encoder
	today           string
	rows            struct {
		Raw     int64 `json:"raw"`
		Valid   int64 `json:"valid"`
		Invalid int64 `json:"invalid"`
	}
}

// batch reads an object of series by symbol.
func (s *splitter) batch() error {
	return s.members(func(string) error {
		var m meta
		return s.members(func(name string) error {
			switch name {
			case "meta":
				return s.dec.Decode(&m)
			case "values":
				return s.values(m)
			default:
				return s.dec.Decode(&json.RawMessage{})
			}
		})
	})
}

// members reads an object and calls read before the value of each of its names.
func (s *splitter) members(read func(name string) error) error {
	if _, err := s.dec.Token(); err != nil {
		return err
	}
	for s.dec.More() {
		name, err := s.dec.Token()
		if err != nil {
			return err
		}
		text, ok := name.(string)
		if !ok {
			return io.ErrUnexpectedEOF
		}
		if err := read(text); err != nil {
			return err
		}
	}
	_, err := s.dec.Token()
	return err
}

func (s *splitter) values(m meta) error {
	if _, err := s.dec.Token(); err != nil {
		return err
	}
	for s.dec.More() {
		var r row
		err := s.dec.Decode(&r)
		// A value of the wrong type leaves its field as it is; the rest of the row is there.
		var odd *json.UnmarshalTypeError
		if err != nil && !errors.As(err, &odd) {
			return err
		}
		if err := s.row(m, r, odd != nil); err != nil {
			return err
		}
	}
	_, err := s.dec.Token()
	return err
}

func (s *splitter) row(m meta, r row, odd bool) error {
	s.rows.Raw++
	b := bar{Symbol: m.Symbol, Interval: m.Interval, Currency: m.Currency, Exchange: m.Exchange}
	reasons := check(r, &b, s.today)
	if odd {
		reasons = []string{"FIELD_TYPE"} // what was not read cannot be judged
	}
	if reasons != nil {
		s.rows.Invalid++
		return s.rejected.Encode(reject{m.Symbol, r, reasons})
	}
	s.rows.Valid++
	return s.valid.Encode(b)
}
