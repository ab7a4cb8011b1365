package ingest

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // an image without a base has no zones; a system that has some uses its own

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/functions/pipeline"
)

const (
	// maxName bounds what a file says of a series, each in bytes.
	maxName = 100
	// maxKept bounds what is remembered of an object besides its rows.
	maxKept = 2 * pipeline.MaxRaw
)

// series is what the rows of one symbol have in common.
type series struct {
	// key is the name that a batch has it under, and requested says that this is the symbol as it was asked for.
	key       string
	requested bool
	// meta is what the file says of it; the symbol is the provider's own spelling, and key takes its place where it is
	// missing.
	meta pipeline.SeriesMeta
	// values says that there are rows, inner that there is an object in it which has them.
	values, inner bool
	// What the provider says of an error.
	status, code, message string
	// offset is where the object begins, kept what it says besides its rows.
	offset int64
	kept   []byte

	// ordinary says that rows may be so, which no check needs to see.
	ordinary bool
	// What follows from the meta for every row: flaws, how long a datetime is, which is the last that is not in the future
	// and the first that is not stale, how far bars are apart at least, in seconds, and the days of trading.
	flaws     []pipeline.Reason
	dated     int
	future    moment
	stale     moment
	period    int
	sessions  *sessions
	fractions bool
	// head and tail are what lines begin and end with. What is between them is written in the quick way if it is shorter
	// than quick.
	head, tail []byte
	quick      int
	// said is what the lines of refused rows say of it, once there is one.
	said []byte
}

// metaField is a member that describes a series.
type metaField struct {
	name string
	to   *string
}

// metaFields are the members that describe a series, by their names, in the order of a reject.
func metaFields(m *pipeline.SeriesMeta) [8]metaField {
	return [8]metaField{
		{"symbol", &m.Symbol},
		{"interval", &m.Interval},
		{"currency", &m.Currency},
		{"currency_quote", &m.CurrencyQuote},
		{"exchange", &m.Exchange},
		{"exchange_timezone", &m.ExchangeTimezone},
		{"mic_code", &m.MICCode},
		{"type", &m.Type},
	}
}

// keep takes a member that is not rows, and reports whether it is one that a series has.
func (s *series) keep(name string, value jsontext.Value) bool {
	known := true
	switch name {
	case "status":
		s.status = text(value)
	case "code":
		s.code = text(value)
	case "message":
		s.message = text(value)
	default:
		known = false
		for _, field := range metaFields(&s.meta) {
			if field.name == name {
				known = true
				if value.Kind() == '"' {
					*field.to = text(value)
				}
			}
		}
	}
	known = known || name == "meta"
	if known {
		s.remember(name, value)
	}
	return known
}

func (s *series) remember(name string, value []byte) {
	if len(s.kept)+len(value) < maxKept {
		s.kept = append(append(s.kept, `,"`+name+`":`...), value...)
	}
}

// describe takes what stands in the meta of a series.
func (s *series) describe(meta *series) {
	s.meta = meta.meta
	s.remember("meta", meta.other())
}

// other is the object without its rows and its unknown members.
func (s *series) other() jsontext.Value {
	return jsontext.Value("{" + strings.TrimPrefix(string(s.kept), ",") + "}")
}

func (s *series) isError() bool { return s.status == "error" || (s.code != "" && s.message != "") }

func (s *series) errorText() string {
	said := show(s.message)
	if s.message == "" {
		said = "no message"
	}
	if s.code == "" {
		return said
	}
	return show(s.code) + ": " + said
}

// name is the symbol as far as it is known.
func (s *series) name() string {
	if s.meta.Symbol != "" {
		return s.meta.Symbol
	}
	return s.key
}

// saying is what the line of something refused says of the series.
func (s *series) saying() []byte {
	if s.said == nil {
		s.said = appendOptional([]byte{}, "symbol", s.name())
		if s.meta != (pipeline.SeriesMeta{}) {
			s.said = appendMeta(append(s.said, `,"series":{`...), s.meta)
		}
	}
	return s.said
}

// begin fixes what the rows to come have in common.
func (s *series) begin(now time.Time, zones *zones) {
	s.meta.Symbol = s.name()
	s.examine()
	interval, _ := parseInterval(s.meta.Interval)
	s.dated, s.period = interval.dated(), interval.least()
	if !now.IsZero() {
		clock := momentOf(zones.in(now, s.meta.ExchangeTimezone))
		s.future, s.stale = clock, clock.before(staleDays*secondsADay+2*s.period)
	} else {
		s.future, s.stale = 1<<62, -1<<62
	}
	if s.american() && interval.days <= 1 && interval.months == 0 {
		s.sessions = nyse()
	}
	s.fractions = s.meta.CurrencyQuote != "" || strings.Contains(s.meta.Symbol, "/")
	s.said = nil
	s.head, s.tail = padded(barHead(s.meta), maxHead), padded(barTail(s.meta, s.dated), maxTail)
	s.quick = 0
	if len(s.head) <= maxHead && len(s.tail) <= maxTail {
		s.quick = maxQuick - maxAmount
	}
}

// follows reports whether a bar goes on where the last one of a series ended, in the same direction, and there is no
// session between the two.
func (s *series) follows(when moment, h *history) bool {
	return when <= s.future && int(when-h.last)*h.direction > 0 &&
		(s.sessions == nil || s.sessions.adjoin(when.day(), h.last.day()) &&
			(s.dated == dateText || s.sessions.open(when)))
}

// staleDays is how many days before now the latest bar of a series may be, besides two intervals: a week covers every
// holiday.
const staleDays = 7

// examine finds what is wrong with every row.
func (s *series) examine() {
	for _, required := range []struct{ field, value string }{{"symbol", s.meta.Symbol}, {"interval", s.meta.Interval}} {
		if required.value == "" {
			s.flaws = append(s.flaws, pipeline.Reason{
				Code: FieldMissing, Field: required.field, Detail: "no meta before the values names the " + required.field,
			})
		}
	}
	for _, field := range metaFields(&s.meta) {
		if len(*field.to) > maxName {
			s.flaws = append(s.flaws, pipeline.Reason{
				Code: FieldTooLong, Field: field.name,
				Detail: fmt.Sprintf("%d bytes, at most %d are taken", len(*field.to), maxName),
			})
			*field.to = cut(*field.to, maxName)
		}
	}
	if _, ok := parseInterval(s.meta.Interval); !ok && s.meta.Interval != "" {
		s.flaws = append(s.flaws, pipeline.Reason{
			Code: IntervalFormat, Field: "interval",
			Detail: fmt.Sprintf("%q is none such as 5min, 1h, 1day or 1week", s.meta.Interval),
		})
	}
}

// american reports whether the series is of a share that is traded on an exchange of the United States.
func (s *series) american() bool {
	switch s.meta.MICCode {
	case "XNYS", "XNAS", "XNGS", "XNMS", "XNCM", "XASE", "ARCX", "BATS", "IEXG":
		return true
	case "":
	default:
		return false
	}
	switch s.meta.Exchange {
	case "NYSE", "NASDAQ", "NYSE American", "NYSE ARCA", "AMEX", "CBOE", "IEX":
		return true
	default:
		return false
	}
}

// mismatched reports whether a batch has the series under another symbol than its own. What was asked for may name an
// exchange as well (AAPL:NASDAQ), and may be spelled in lower case.
func (s *series) mismatched() bool {
	asked, _, _ := strings.Cut(s.key, ":")
	return s.requested && !strings.EqualFold(asked, s.meta.Symbol)
}

// zones finds time zones by their names, and remembers the one that was asked for last.
type zones struct {
	name string
	zone *time.Location
}

// in is now in a zone. Where the name is of none, now is taken in the zone that is farthest ahead, UTC+14, so that no
// bar is called one of the future that may not be.
func (z *zones) in(now time.Time, name string) time.Time {
	if z.zone == nil || z.name != name {
		zone, err := time.LoadLocation(name)
		if err != nil || name == "" || name == "Local" {
			zone = time.FixedZone("", 14*60*60)
		}
		z.name, z.zone = name, zone
	}
	return now.In(z.zone)
}
