package pipeline

// FigureLevel says in a word how high a figure is.
type FigureLevel string

// Levels of figures. A figure that has no level is at its usual one.
const (
	// Overbought is a relative strength index of 70 or more, Oversold one of 30 or less.
	Overbought FigureLevel = "overbought"
	Oversold   FigureLevel = "oversold"
	// Heavy is a relative volume above 1.5; see [VolumeSpike].
	Heavy FigureLevel = "heavy"
	// AboveBand and BelowBand are a close outside of the Bollinger bands.
	AboveBand FigureLevel = "above_band"
	BelowBand FigureLevel = "below_band"
)
