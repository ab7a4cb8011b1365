package ingest

import (
	"testing"
	"time"
)

// The calendar is that of the exchange: its numbers of sessions are those that it reports, and its exceptions are known.
func TestSessions(t *testing.T) {
	s := nyse()
	for year, want := range map[int]int{
		1990: 253, 1994: 252, 1996: 254, 2001: 248, 2004: 252, 2007: 251, 2008: 253, 2012: 250, 2013: 252, 2017: 251, 2018: 251, 2019: 252, 2020: 253,
		2021: 252, 2022: 251, 2023: 250, 2024: 252, 2025: 250,
	} {
		got := 0
		for day := dayOf(year, time.January, 1); day < dayOf(year+1, time.January, 1); day++ {
			if s.is(day) {
				got++
			}
		}
		if got != want {
			t.Errorf("%d: %d sessions, want %d", year, got, want)
		}
	}
	for date, open := range map[string]bool{
		"1990-01-01": false, "1990-01-02": true, "2001-09-10": true, "2001-09-11": false, "2001-09-17": true,
		"1998-01-19": false, "1997-01-20": true, // the first Martin Luther King, Jr. Day, and the last that was none
		"2010-12-31": true, "2011-01-01": false, "2021-12-31": true, // New Year on a Saturday
		"2018-03-30": false, "2019-04-19": false, "2024-03-29": false, "2025-04-18": false, // Good Fridays
		"2020-07-03": false, "2021-07-05": false, "2022-06-20": false, "2021-06-18": true, "2023-06-19": false,
		"2018-12-05": false, "2025-01-09": false, "2018-02-19": false, "2018-11-22": false, "2018-11-23": true,
	} {
		when, ok := parseMoment([]byte(date), dateText)
		if !ok || s.is(when.day()) != open {
			t.Errorf("%s: %t, want %t", date, s.is(when.day()), open)
		}
	}
	for at, open := range map[string]bool{
		"2018-02-07 09:30:00": true, "2018-02-07 03:59:00": false, "2018-02-07 04:00:00": true, "2018-02-07 19:59:00": true,
		"2018-02-07 20:00:00": false, "2018-11-23 16:59:00": true, "2018-11-23 17:00:00": false, "2018-12-24 17:00:00": false,
		"2018-07-03 17:00:00": false, "2019-07-03 17:00:00": false, "2021-12-23 19:00:00": true, "2021-07-02 19:00:00": true,
	} {
		when, ok := parseMoment([]byte(at), timeText)
		if !ok || s.open(when) != open {
			t.Errorf("%s: open %t, want %t", at, s.open(when), open)
		}
	}
}

// Days are those of the calendar, before and after 1970.
func TestMoments(t *testing.T) {
	var m month
	for day := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2100; day = day.AddDate(0, 0, 1) {
		text := []byte(day.Format(time.DateOnly))
		got, ok := parseMoment(text, dateText)
		quick, also := m.parse((*[maxText]byte)(append(text, make([]byte, maxText)...)), dateText)
		if !ok || !also || int64(got.seconds()) != day.Unix() || quick != got || weekday(got.day()) != day.Weekday() {
			t.Fatalf("%s: %d %t, %d %t, want %d", text, got, ok, quick, also, day.Unix())
		}
	}
	for _, text := range []string{
		"2018-02-29", "2018-02-00", "2018-02-32", "2018-00-10", "2018-13-01", "1899-12-31", "2100-01-01", "2018-2-03", "2018/02/03",
		"2018-02-3x", "x018-02-03", "2018-02-0 ", "-018-02-03", "2018-02:03",
	} {
		if _, ok := parseMoment([]byte(text), dateText); ok {
			t.Errorf("%s: taken", text)
		}
		if _, ok := m.parse((*[maxText]byte)(append([]byte(text), make([]byte, maxText)...)), dateText); ok && len(text) == dateText {
			t.Errorf("%s: taken, after others", text)
		}
	}
}
