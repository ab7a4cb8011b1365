// Package mail is SES on the laptop: identities, configuration sets, the suppression list and SendEmail of API v2.
//
// An accepted mail goes nowhere. It lies in a directory as it would travel (<n>.eml) and as a reader would see it
// (<n>.html, <n>.txt), numbered from 1 in the order of acceptance.
package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Outbox holds what SES knows of one account and region, and the mails that it accepted.
type Outbox struct {
	account, region, dir string
	now                  func() time.Time

	mu         sync.Mutex
	identities map[string]string // to the default configuration set, or empty
	sets       map[string]bool
	suppressed map[string]suppression
	last       int // the number of the latest mail in the directory
	messages   []Message
	bounced    []Bounce
}

type suppression struct {
	reason string
	since  time.Time
}

// Message is a mail that was accepted for at least one recipient.
type Message struct {
	// N counts accepted mails from 1.
	N int
	// ID is what SendEmail answered.
	ID string
	// At is when it was accepted.
	At   time.Time
	From string
	// To lists every recipient, copies included, Suppressed those of them that a real mail would not reach.
	To, Suppressed []string
	Subject        string
	// ConfigurationSet is the set in use, the sender's default included.
	ConfigurationSet string
	// Tags are the message tags, by name.
	Tags map[string]string
	// Header is the mail's own, as it lies in the .eml.
	Header mail.Header
	// HTML and Text are the bodies as sent; empty where there is none.
	HTML, Text string
	// Page is HTML with each attachment that it refers to by cid: built in, so that a browser shows it.
	Page string
	// Files names the files in the outbox's directory.
	Files []string
}

// Bounce is a mail that was accepted for nobody, since all of its recipients are suppressed.
type Bounce struct {
	ID string
	To []string
}

// New makes an outbox that writes into a directory, which it creates. Where mails of an earlier outbox lie there,
// numbers go on behind theirs.
func New(account, region, dir string, now func() time.Time) (*Outbox, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("create outbox %q: %w", dir, err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read outbox %q: %w", dir, err)
	}
	o := &Outbox{
		account: account, region: region, dir: dir, now: now, identities: make(map[string]string),
		sets: make(map[string]bool), suppressed: make(map[string]suppression),
	}
	for _, file := range files {
		if n, err := strconv.Atoi(strings.TrimSuffix(file.Name(), ".eml")); err == nil {
			o.last = max(o.last, n)
		}
	}
	return o, nil
}

// errExists is for a name that is taken.
var errExists = errors.New("it exists")

// errNoSet is for a configuration set that was not created.
var errNoSet = errors.New("the configuration set does not exist")

// CreateConfigurationSet adds a configuration set.
func (o *Outbox) CreateConfigurationSet(name string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sets[name] {
		return fmt.Errorf("create configuration set %q: %w", name, errExists)
	}
	o.sets[name] = true
	return nil
}

// CreateIdentity adds an address or a domain that mail may come from, verified at once. The configuration set is used
// for each mail that names none; empty means none.
func (o *Outbox) CreateIdentity(addressOrDomain, configurationSet string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	name := canonical(addressOrDomain)
	if _, exists := o.identities[name]; exists {
		return fmt.Errorf("create identity %q: %w", addressOrDomain, errExists)
	}
	if configurationSet != "" && !o.sets[configurationSet] {
		return fmt.Errorf("create identity %q: configuration set %q: %w", addressOrDomain, configurationSet, errNoSet)
	}
	o.identities[name] = configurationSet
	return nil
}

// Suppress puts an address on the account's suppression list. The reason is BOUNCE or COMPLAINT.
func (o *Outbox) Suppress(address, reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.suppressed[canonical(address)] = suppression{reason: reason, since: o.now()}
}

// Messages lists the accepted mails in order.
func (o *Outbox) Messages() []Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.messages)
}

// Bounced lists the mails that no recipient would get, in order. They have no files.
func (o *Outbox) Bounced() []Bounce {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.bounced)
}

// IdentityARN is the ARN of an identity, there or not.
func (o *Outbox) IdentityARN(addressOrDomain string) string {
	return fmt.Sprintf("arn:aws:ses:%s:%s:identity/%s", o.region, o.account, addressOrDomain)
}

// ConfigurationSetARN is the ARN of a configuration set, there or not.
func (o *Outbox) ConfigurationSetARN(name string) string {
	return fmt.Sprintf("arn:aws:ses:%s:%s:configuration-set/%s", o.region, o.account, name)
}

// sender finds the identity that speaks for an address: the address itself, else its domain, else a domain above.
func (o *Outbox) sender(address string) (identity, configurationSet string, verified bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	address = canonical(address)
	if set, ok := o.identities[address]; ok {
		return address, set, true
	}
	for _, domain, more := strings.Cut(address, "@"); more; _, domain, more = strings.Cut(domain, ".") {
		if set, ok := o.identities[domain]; ok {
			return domain, set, true
		}
	}
	return address, "", false
}

// store takes a mail into the outbox, or among the bounced where everybody is suppressed.
func (o *Outbox) store(m Message, eml []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, recipient := range m.To {
		if _, ok := o.suppressed[canonical(recipient)]; ok {
			m.Suppressed = append(m.Suppressed, recipient)
		}
	}
	if len(m.Suppressed) == len(m.To) {
		o.bounced = append(o.bounced, Bounce{ID: m.ID, To: m.To})
		return nil
	}
	m.N = o.last + 1
	for _, file := range []struct {
		suffix  string
		content []byte
	}{{".eml", eml}, {".html", []byte(m.Page)}, {".txt", []byte(m.Text)}} {
		if len(file.content) == 0 {
			continue
		}
		name := fmt.Sprint(m.N, file.suffix)
		if err := os.WriteFile(filepath.Join(o.dir, name), file.content, 0o644); err != nil {
			return fmt.Errorf("write mail %d: %w", m.N, err)
		}
		m.Files = append(m.Files, name)
	}
	o.last, o.messages = m.N, append(o.messages, m)
	return nil
}

// canonical is an address or domain with its domain in lower case; the part before the @ keeps its case.
func canonical(addressOrDomain string) string {
	at := strings.LastIndexByte(addressOrDomain, '@') + 1
	return addressOrDomain[:at] + strings.ToLower(addressOrDomain[at:])
}
