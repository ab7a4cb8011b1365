package pipelinetest

import "github.com/mejan/mejan/functions/pipeline"

// Analysis is an item with every field set, but for its delivery, and numbers whose digits are easily lost.
func Analysis(id string) pipeline.Item {
	return pipeline.Item{
		AnalysisID: id, CorrelationID: "upload/42:a_b.c", Schema: pipeline.Schema, Rules: "1",
		Source:       Announcement().Source,
		ProcessedKey: Announcement().Key, RejectsKey: Announcement().RejectsKey,
		SymbolsAnalyzed: 2,
		Insights:        []pipeline.Insight{longInsight(), shortInsight()},
		FullInsights: &pipeline.InsightsObject{
			Key: pipeline.AnalysisKey(id), SHA256: "00ff", Size: 123456, Insights: 2,
		},
		Aggregates:       market(),
		ExecutiveSummary: "AAPL fell 0.60%, „näme“ <b>.\n\nSecond paragraph.",
		KeyAnomalies: []pipeline.Anomaly{{
			Symbol: "AAPL", Interval: "1week", Kind: pipeline.VolumeSpike, Session: "2018-02-05",
			Value: 1.6, Threshold: 1.5, Surprise: 1.066667,
		}},
		DataProblems: []pipeline.DataProblem{{
			Symbol: "BRK.B", Interval: "1week", Session: "2018-02-05", Code: pipeline.SplitLikeJump, Ratio: 0.02,
		}},
		RowCounts: pipeline.RowCounts{Raw: 54, Processed: 53, Rejected: 1},
		Quality: pipeline.Quality{
			Reasons: map[string]int64{"HIGH_BELOW_BODY": 1}, Warnings: map[string]int64{pipeline.SplitLikeJump: 1},
		},
		AsOf: "2018-02-05", ProcessedAt: noon,
		Narration: pipeline.Narration{
			Source: pipeline.ByTemplate, Model: "us.amazon.nova-lite-v1:0", Attempts: 5, TokensIn: 1, TokensOut: 2,
			CostUSD: 5.4e-7, Fallback: "the model did not answer",
		},
	}
}

func figure(x float64) *float64 { return &x }

func longInsight() pipeline.Insight {
	return pipeline.Insight{
		Symbol: "AAPL", Interval: "1week", Currency: "USD", Session: "2018-02-05", Previous: "2018-01-29", Bars: 52,
		Close:   "187.14999999999999999999",
		Change1: figure(-0.598131), Change5: figure(0), Change20: figure(1e-6), ChangeAll: figure(17.550839),
		Range:  &pipeline.Range{High: 200, Low: 0.0001, Position: 93.574, From: "2017-02-13"},
		Trend:  &pipeline.Trend{Direction: pipeline.Down, Strength: pipeline.Weak, Slope: -0.25, R2: 0.125},
		SMA20:  figure(1234567.891),
		SMA50:  figure(0.0000012345),
		SMAGap: figure(-3), Momentum: figure(123456789.125), RSI14: figure(55.5),
		MACD:       &pipeline.MACD{Line: 1.5, Signal: 2, Histogram: -0.5},
		Volatility: figure(2.5), VolatilityAnnual: figure(18.027756), Parkinson: figure(17), PeriodsPerYear: 52,
		ATR14: figure(4.25),
		Drawdown: &pipeline.Drawdown{
			Current: -1, Maximum: -12.5, High: "2018-01-29", Peak: "2017-03-06", Trough: "2017-04-03",
		},
		RelativeVolume: figure(1.5), Bollinger: figure(-0.1),
	}
}

// shortInsight has no figure at all.
func shortInsight() pipeline.Insight {
	in := pipeline.Insight{
		Symbol: "BRK.B", Interval: "1week", Session: "2018-02-05", Since: "2018-02-05", Bars: 2, Close: "0.0001",
		PeriodsPerYear: 52, Absent: make(map[string]string),
	}
	for _, name := range []string{
		"change_1", "change_5", "change_20", "change_all", "range", "trend", "sma_20", "sma_50", "sma_gap", "momentum",
		"rsi_14", "macd", "volatility", "volatility_annual", "parkinson", "atr_14", "drawdown", "relative_volume",
		"bollinger",
	} {
		in.Absent[name] = "needs more bars, has 1 since the data problem of 2018-02-05"
	}
	return in
}

func market() pipeline.Aggregates {
	return pipeline.Aggregates{
		Interval: "1week", Session: "2018-02-05", Series: 2,
		Sentiment: pipeline.Bearish, Decliners: 1, AdvancingShare: figure(0),
		Breadth: pipeline.Breadth{
			AboveSMA50: figure(100), NewHighs: 1, NewLows: 1, UpVolume: 1e12, DownVolume: 1, TRIN: figure(0.125),
		},
		AverageChange: figure(-0.598131), MedianChange: figure(-0.598131), Dispersion: figure(0.1),
		Turbulence: &pipeline.Turbulence{
			Method: pipeline.ByDispersion, Value: 0.1, Series: 2, Bars: 1, Reason: "too few bars",
		},
		Correlation: &pipeline.Correlation{
			Average: 0.25, Series: 2, Bars: 51,
			Highest: &pipeline.Pair{A: "AAPL", B: "BRK.B", Correlation: 0.25},
			Lowest:  &pipeline.Pair{A: "AAPL", B: "BRK.B", Correlation: 0.25},
		},
		TopGainers: []pipeline.Mover{}, TopLosers: []pipeline.Mover{{Symbol: "AAPL", Change: -0.598131}},
		SymbolsWithAnomalies: 1, AnomalyShare: 50, Absent: map[string]string{"breadth.trin": "no symbol advanced"},
		From: "2017-02-13", To: "2018-02-05", Bars: 53, Repeated: 1, Intervals: []string{"1week"}, DataProblems: 1,
		Groups: []pipeline.Group{{
			Interval: "1week", Session: "2018-01-29", Series: 1, Sentiment: pipeline.Neutral, Unchanged: 1,
			AverageChange: figure(0),
		}},
		MoreGroups: 1,
	}
}
