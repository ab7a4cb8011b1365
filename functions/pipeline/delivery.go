package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
)

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
	// Receivers says of each receiver how its delivery ended. Today one message goes to all of them, so that all end the
	// same.
	Receivers []Receiver `json:"receivers,omitempty"`
}

// Receiver is how the delivery to one receiver ended.
type Receiver struct {
	// ID stands for the address, which is kept out of the table: see [ReceiverID].
	ID        string        `json:"id"`
	State     DeliveryState `json:"state"`
	MessageID string        `json:"message_id,omitempty"`
	SentAt    *time.Time    `json:"sent_at,omitempty"`
	Error     string        `json:"error,omitempty"`
}

// ReceiverID is the first 16 hexadecimal digits of the SHA-256 of an address.
func ReceiverID(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:8])
}

// Sent gives the delivery after SES accepted the message to all receivers, at that time.
func (d Delivery) Sent(messageID string, at time.Time) Delivery {
	at = at.UTC()
	d.State, d.MessageID, d.SentAt = DeliverySent, messageID, &at
	return d.receivers()
}

// Failed gives the delivery after SES refused the message, so that no receiver has it.
func (d Delivery) Failed(reason string) Delivery {
	d.State, d.Error = DeliveryFailed, reason
	return d.receivers()
}

// receivers says of each receiver what is true of the delivery.
func (d Delivery) receivers() Delivery {
	d.Receivers = slices.Clone(d.Receivers)
	for i := range d.Receivers {
		d.Receivers[i] = Receiver{
			ID: d.Receivers[i].ID, State: d.State, MessageID: d.MessageID, SentAt: d.SentAt, Error: d.Error,
		}
	}
	return d
}
