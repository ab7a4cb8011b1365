package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// patience bounds one start; a function that takes longer does not start at all.
const patience = 10 * time.Second

// start weighs the functions, and measures how long they take until they are ready.
func (b *bench) start(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "mejan-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	subjects := subjects()
	for i := range subjects {
		if err := subjects[i].build(ctx, b.root, dir); err != nil {
			return err
		}
	}
	if err := measureStarts(ctx, subjects, b.starts); err != nil {
		return err
	}
	return report(b.out, subjects, b.starts)
}

// measureStarts starts every subject in turn, so that whatever else the machine does meets all alike. The first round
// only fills the page cache and does not count.
func measureStarts(ctx context.Context, subjects []subject, starts int) error {
	lambda, err := listen(ctx)
	if err != nil {
		return err
	}
	defer lambda.server.Close()
	for round := range starts + 1 {
		for i := range subjects {
			took, err := lambda.start(ctx, &subjects[i])
			if err != nil {
				return fmt.Errorf("start %s: %w", subjects[i].name, err)
			}
			if round > 0 {
				subjects[i].starts = append(subjects[i].starts, took)
			}
		}
	}
	return nil
}

// start runs a function until it asks for work, and returns how long that took.
func (l *listener) start(ctx context.Context, s *subject) (time.Duration, error) {
	begun := time.Now()
	f, err := l.begin(ctx, patience, nil, s.host)
	if err != nil {
		return 0, err
	}
	defer f.stop()
	err = f.asks()
	return time.Since(begun), err
}
