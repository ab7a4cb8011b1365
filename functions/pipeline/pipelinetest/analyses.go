package pipelinetest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
)

// Analyses is the table of analyses in memory. It fails its test when an item is not what a report can be made of
// (see [CheckItem]), and when a report is recorded as sent twice although nobody had to take a claim over.
//
// Each call of its methods is one call to [Faults].
type Analyses struct {
	t      testing.TB
	faults *Faults
	mu     sync.Mutex
	items  map[string]pipeline.Item
}

// NewAnalyses makes an empty table for a test. faults may be nil.
func NewAnalyses(t testing.TB, faults *Faults) *Analyses {
	return &Analyses{t: t, faults: faults, items: make(map[string]pipeline.Item)}
}

// Items lists what is stored, by id.
func (a *Analyses) Items() []pipeline.Item {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []pipeline.Item
	for _, item := range a.items {
		all = append(all, a.copied(item))
	}
	slices.SortFunc(all, func(x, y pipeline.Item) int { return cmp.Compare(x.AnalysisID, y.AnalysisID) })
	return all
}

// Create implements [AnalysisStore].
func (a *Analyses) Create(ctx context.Context, item pipeline.Item) error {
	a.t.Helper()
	return a.on(ctx, "Create", item.AnalysisID, func() error {
		if _, found := a.items[item.AnalysisID]; found {
			return analyses.ErrExists
		}
		for _, wrong := range CheckItem(item) {
			a.t.Errorf("analysis %q: %s", item.AnalysisID, wrong)
		}
		a.items[item.AnalysisID] = a.copied(item)
		return nil
	})
}

// Get implements [AnalysisStore].
func (a *Analyses) Get(ctx context.Context, id string) (item pipeline.Item, err error) {
	err = a.on(ctx, "Get", id, func() error {
		found, ok := a.items[id]
		if !ok {
			return analyses.ErrNotFound
		}
		item = a.copied(found)
		return nil
	})
	return item, err
}

// Last implements [AnalysisStore].
func (a *Analyses) Last(ctx context.Context, before pipeline.Item) (last pipeline.Item, err error) {
	err = a.on(ctx, "Last", before.AnalysisID, func() error {
		for _, item := range a.items {
			if item.Interval == "" || item.Interval != before.Interval || item.AsOf >= before.AsOf ||
				item.Fingerprint.Likeness(before.Fingerprint) < analyses.SameSeries {
				continue
			}
			if cmp.Or(cmp.Compare(item.AsOf, last.AsOf), cmp.Compare(item.AnalysisID, last.AnalysisID)) > 0 {
				last = a.copied(item)
			}
		}
		if last.AnalysisID == "" {
			return analyses.ErrNotFound
		}
		return nil
	})
	return last, err
}

// Claim implements [DeliveryLedger].
func (a *Analyses) Claim(ctx context.Context, id, owner string, now time.Time, lease time.Duration,
) (claim analyses.Claim, err error) {
	err = a.on(ctx, "Claim", id, func() error {
		item, ok := a.items[id]
		if !ok {
			return analyses.ErrNotFound
		}
		end := now.Add(lease).Unix()
		if now.Add(lease).Nanosecond() > 0 {
			end++
		}
		claim = analyses.Claim{AnalysisID: id, Delivery: pipeline.Delivery{
			State: pipeline.DeliveryClaimed, ClaimedBy: owner, LeaseUntil: end, Attempts: 1,
		}}
		if old := item.Delivery; old != nil {
			switch {
			case old.State == pipeline.DeliverySent:
				return analyses.ErrSent
			case old.State == pipeline.DeliveryClaimed && old.ClaimedBy == owner && old.LeaseUntil == end:
				claim.Delivery.Attempts = old.Attempts
				return nil
			case old.State == pipeline.DeliveryClaimed && old.LeaseUntil >= now.Unix():
				return analyses.LeasedError{Free: time.Unix(old.LeaseUntil+1, 0)}
			}
			claim.Delivery.Attempts = old.Attempts + 1
			claim.TakenOver = old.State == pipeline.DeliveryClaimed
		}
		delivery := claim.Delivery
		item.Delivery = &delivery
		a.items[id] = item
		return nil
	})
	if err != nil {
		return analyses.Claim{}, err
	}
	return claim, nil
}

// Sent implements [DeliveryLedger].
func (a *Analyses) Sent(ctx context.Context, c analyses.Claim, messageID string, at time.Time) error {
	return a.settle(ctx, "Sent", c, c.Delivery.Sent(messageID, at))
}

// Failed implements [DeliveryLedger].
func (a *Analyses) Failed(ctx context.Context, c analyses.Claim, reason string) error {
	return a.settle(ctx, "Failed", c, c.Delivery.Failed(reason[:min(len(reason), analyses.MaxError)]))
}

func (a *Analyses) settle(ctx context.Context, op string, c analyses.Claim, next pipeline.Delivery) error {
	a.t.Helper()
	return a.on(ctx, op, c.AnalysisID, func() error {
		item, ok := a.items[c.AnalysisID]
		if !ok {
			return analyses.ErrNotFound
		}
		old := item.Delivery
		switch {
		case old == nil || old.ClaimedBy != c.Delivery.ClaimedBy || old.LeaseUntil != c.Delivery.LeaseUntil:
			return analyses.ErrClaimLost
		case old.State == next.State && old.MessageID == next.MessageID:
			return nil
		case old.State == pipeline.DeliverySent && next.State == pipeline.DeliverySent:
			a.t.Errorf("report about %q: sent twice under one claim, as %q and %q", c.AnalysisID, old.MessageID, next.MessageID)
			return analyses.ErrClaimLost
		case old.State != pipeline.DeliveryClaimed:
			return analyses.ErrClaimLost
		}
		item.Delivery = &next
		a.items[c.AnalysisID] = item
		return nil
	})
}

func (a *Analyses) on(ctx context.Context, op, id string, effect func() error) error {
	err := a.faults.around(op, id, func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		return effect()
	})
	if err != nil {
		return fmt.Errorf("%s %q: %w", op, id, err)
	}
	return nil
}

// copied passes an item through its stored form, so that nobody shares memory with the table.
func (a *Analyses) copied(item pipeline.Item) pipeline.Item {
	image, err := analyses.Encode(item)
	if err == nil {
		item, err = analyses.Decode(image)
	}
	if err != nil {
		a.t.Errorf("store analysis: %v", err)
	}
	return item
}

// CheckItem says what is wrong with a new analysis by the contract of [pipeline.Item].
func CheckItem(item pipeline.Item) []string {
	var wrong []string
	check := func(ok bool, text string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Sprintf(text, args...))
		}
	}
	check(item.AnalysisID != "", "no id")
	check(item.Schema == pipeline.Schema, "schema %d", item.Schema)
	check(item.Delivery == nil, "delivery is set before anybody claimed it")
	check(item.ExecutiveSummary != "", "no summary")
	check(item.AsOf != "" && !item.ProcessedAt.IsZero(), "no time: as of %q, processed at %s", item.AsOf, item.ProcessedAt)
	rows := item.RowCounts
	check(rows.Raw == rows.Processed+rows.Rejected, "rows do not add up: %+v", rows)
	check(0 <= item.Narration.Attempts && item.Narration.Attempts <= 5, "%d calls to the model", item.Narration.Attempts)
	check((item.Narration.Source == pipeline.ByTemplate) == (item.Narration.Fallback != ""),
		"prose by %q, fallback %q", item.Narration.Source, item.Narration.Fallback)
	check(slices.IsSortedFunc(item.Insights, func(x, y pipeline.Insight) int {
		return cmp.Or(cmp.Compare(x.Symbol, y.Symbol), cmp.Compare(x.Interval, y.Interval))
	}), "insights are not sorted")
	check(slices.IsSortedFunc(item.KeyAnomalies, func(x, y pipeline.Anomaly) int {
		return cmp.Compare(y.Surprise, x.Surprise)
	}), "anomalies are not sorted")
	check(item.Rules != "", "no version of the rules")
	check(item.FullInsights == nil || len(item.Insights) <= item.FullInsights.Insights,
		"more insights than in the object that holds them all")
	for _, in := range item.Insights {
		wrong = append(wrong, CheckInsight(in)...)
	}
	return wrong
}

// CheckInsight says what is wrong with an insight by the contract of [pipeline.Insight]: each figure is a finite number
// or absent with a reason.
func CheckInsight(in pipeline.Insight) []string {
	var wrong []string
	check := func(name string, there, finite bool) {
		if there == (in.Absent[name] != "") {
			wrong = append(wrong, fmt.Sprintf("%s.%s: neither a value nor a reason, or both", in.Symbol, name))
		}
		if !finite {
			wrong = append(wrong, fmt.Sprintf("%s.%s: not a finite number", in.Symbol, name))
		}
	}
	finite := func(all ...float64) bool {
		return !slices.ContainsFunc(all, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
	}
	for name, x := range map[string]*float64{
		"change_1": in.Change1, "change_5": in.Change5, "change_20": in.Change20, "change_all": in.ChangeAll,
		"sma_20": in.SMA20, "sma_50": in.SMA50, "sma_gap": in.SMAGap, "momentum": in.Momentum, "rsi_14": in.RSI14,
		"volatility": in.Volatility, "volatility_annual": in.VolatilityAnnual, "parkinson": in.Parkinson,
		"atr_14": in.ATR14, "relative_volume": in.RelativeVolume, "bollinger": in.Bollinger,
	} {
		check(name, x != nil, x == nil || finite(*x))
	}
	check("range", in.Range != nil, in.Range == nil || finite(in.Range.High, in.Range.Low, in.Range.Position))
	check("trend", in.Trend != nil, in.Trend == nil || finite(in.Trend.Slope, in.Trend.R2))
	check("macd", in.MACD != nil, in.MACD == nil || finite(in.MACD.Line, in.MACD.Signal, in.MACD.Histogram))
	check("drawdown", in.Drawdown != nil,
		in.Drawdown == nil || finite(in.Drawdown.Current, in.Drawdown.Maximum))
	return wrong
}
