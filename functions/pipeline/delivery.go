package pipeline

import "time"

// DeliveryState is how far the delivery of a report has come.
type DeliveryState string

// States of a [Delivery].
const (
	// DeliveryClaimed means that a notifier is sending, or died trying: see [Delivery.LeaseUntil].
	DeliveryClaimed DeliveryState = "claimed"
	// DeliverySent means that SES accepted the report.
	DeliverySent DeliveryState = "sent"
	// DeliveryFailed means that SES refused it, so that it was certainly not sent.
	DeliveryFailed DeliveryState = "failed"
)

// Delivery is the ledger of the one step that cannot be undone.
type Delivery struct {
	State DeliveryState `json:"state"`
	// ClaimedBy is the request id of the attempt that holds, or last held, the claim.
	ClaimedBy string `json:"claimed_by"`
	// LeaseUntil is when another attempt may take a claim over, in Unix seconds.
	LeaseUntil int64 `json:"lease_until"`
	// Attempts counts claims.
	Attempts int `json:"attempts"`
	// MessageID is what SES called the accepted report.
	MessageID string `json:"message_id,omitempty"`
	// SentAt is when SES accepted it.
	SentAt *time.Time `json:"sent_at,omitempty"`
	// Error is what SES said when it refused.
	Error string `json:"error,omitempty"`
	// Receivers says the same of each receiver.
	Receivers []Receiver `json:"receivers,omitempty"`
}

// Receiver is how far the delivery to one receiver has come.
type Receiver struct {
	Address   string        `json:"address"`
	State     DeliveryState `json:"state"`
	MessageID string        `json:"message_id,omitempty"`
	SentAt    *time.Time    `json:"sent_at,omitempty"`
	Error     string        `json:"error,omitempty"`
}
