package pipeline

import "strings"

// Level says what a finding does to the data.
type Level string

// Levels of findings.
const (
	// LevelReject keeps a row, or what stands in place of a series, out of the valid rows. It is explained under
	// `rejects/`.
	LevelReject Level = "reject"
	// LevelWarn drops nothing. The finding is counted, and noted on the bar if it is about one.
	LevelWarn Level = "warn"
	// LevelFile means that nothing of the file can be used.
	LevelFile Level = "file"
	// LevelAnomaly is an [Anomaly]: the data are right, and a reader should look at the bar.
	LevelAnomaly Level = "anomaly"
)

// About is what a finding is about, and what its count counts.
type About string

// Things that findings are about.
const (
	AboutRow    About = "row"
	AboutBar    About = "bar"
	AboutSeries About = "series"
	AboutFile   About = "file"
)

// Noun is the English word for n of them.
func (a About) Noun(n int64) string {
	if n == 1 || a == AboutSeries {
		return string(a)
	}
	return string(a) + "s"
}

// Measure is the unit of an anomaly's value and threshold.
type Measure string

// Measures of anomalies.
const (
	// MeasurePercent is a change in percent.
	MeasurePercent Measure = "percent"
	// MeasureMultiple is a multiple of what is usual.
	MeasureMultiple Measure = "multiple"
	// MeasureScore is a z-score, in standard deviations.
	MeasureScore Measure = "z-score"
)

// Code explains one code of the table that [Codes] lists.
type Code struct {
	// Code is the stable name: of a check, such as HIGH_BELOW_BODY, or an [AnomalyKind].
	Code  string
	Level Level
	About About
	// Words say what was found. Those of a check follow "a row", "3 bars" or the like. In those of an anomaly, {threshold}
	// stands for what was passed and {bar} for the word for one bar, such as week.
	Words string
	// Measure and Statement are for anomalies only. Statement says what a symbol did; {value} stands for what was seen.
	Measure   Measure
	Statement string
}

// CodeOf finds the entry of a code. An item may hold a code that another version wrote: for a code that is not in the
// table, the entry has the given level and no words, and its methods show the code itself.
func CodeOf(code string, level Level) Code {
	for i := range codes {
		if codes[i].Code == code {
			return codes[i]
		}
	}
	about := map[Level]About{LevelReject: AboutRow, LevelFile: AboutFile}[level]
	if about == "" {
		about = AboutBar
	}
	return Code{Code: code, Level: level, About: about}
}

// Finding says what n findings of a check are, without the number: "rows with a negative volume (VOLUME_NEGATIVE)".
func (c Code) Finding(n int64) string {
	text := c.About.Noun(n)
	if c.Words != "" {
		text += " " + c.Words
	}
	return text + " (" + c.Code + ")"
}

// Anomaly says what an anomaly is. The caller spells the threshold, and the word for one bar.
func (c Code) Anomaly(threshold, bar string) string {
	if c.Words == "" {
		return c.Code + ", beyond " + threshold
	}
	return strings.NewReplacer("{threshold}", threshold, "{bar}", bar).Replace(c.Words)
}
