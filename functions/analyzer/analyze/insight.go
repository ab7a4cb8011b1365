package analyze

import "github.com/mejan/mejan/functions/pipeline"

// insight computes every figure of a series, or says why it is absent.
func insight(s Series) pipeline.Insight {
	end := s.Bars[len(s.Bars)-1]
	in := pipeline.Insight{
		Symbol: s.Symbol, Interval: s.Interval, Currency: s.Currency,
		Session: end.Session, Bars: len(s.Bars), Close: end.Text,
	}
	absent := make(map[string]string)
	keep := func(name string, x float64, err error) *float64 {
		if err != nil {
			absent[name] = err.Error()
			return nil
		}
		return &x
	}
	over := func(name string, k int) *float64 {
		x, err := Change(s.Bars, k)
		return keep(name, x, err)
	}
	figure := func(name string, f func([]Bar) (float64, error)) *float64 {
		x, err := f(s.Bars)
		return keep(name, x, err)
	}
	in.Change1, in.Change5, in.Change20 = over("change_1", 1), over("change_5", 5), over("change_20", 20)
	in.ChangeAll = figure("change_all", ChangeAll)
	in.Momentum = figure("momentum", Momentum)
	in.Volatility = figure("volatility", Volatility)
	in.RelativeVolume = figure("relative_volume", RelativeVolume)
	if trend, err := Trend(s.Bars); err != nil {
		absent["trend"] = err.Error()
	} else {
		in.Trend = &trend
	}
	if len(absent) > 0 {
		in.Absent = absent
	}
	return in
}
