package main

import (
	"fmt"
	"strings"
)

// exception is a kind of command that is not executed: those that begin with prefix.
type exception struct{ prefix, reason string }

var exceptions = []exception{
	{"make test", "a part of CI"},
	{"make verify", "a part of CI"},
	{"make engine-test", "a part of CI"},
	{"make documents", "this is it"},
	{"make workflows", "a part of CI"},
	{"make changelog", "needs releases"},
	{"go test work", "a part of make test"},
	{"make fix", "rewrites files"},
	{"go test ./platform/stack -update", "rewrites files"},
	{"make bench", "takes some 20 minutes, and needs programs to compare with"},
	{"pip install", "installs something"},
	{"git clone", "needs a network; the commands run in a clone"},
	{"cd mejan", "the commands run in a clone"},
	{"git add", "commits what a command made that needs an AWS account"},
	{"git commit", "commits what a command made that needs an AWS account"},
	{"pulumi", needsAccount},
	{"make foundation", needsAccount},
	{"make images STAGE=dev", needsAccount},
	{"make promote", needsAccount},
	{"make commit", needsAccount},
	{"make up", needsAccount},
	{"make rollback", needsAccount},
	{"make status", needsAccount},
	{"make doctor STAGE=dev", needsAccount},
	{"bin/mejan doctor dev", needsAccount},
	{"aws login", needsAccount},
	{"aws sts", needsAccount},
	{"aws sesv2", needsAccount},
	{"aws logs", needsAccount},
	{`aws s3 cp samples/us-stocks-1week.json "s3://$(pulumi`, needsAccount},
}

const needsAccount = "needs an AWS account"

// lasting are commands that go on until they are stopped, with the words that they say when they are ready.
var lasting = map[string]string{"make local": "The local cloud is up"}

// address is where `make local` listens.
const address = "127.0.0.1:4566"

// waits says what a person sees happen before typing the next command: after a command that begins with the key, the
// other command succeeds within a minute.
var waits = map[string]string{
	"aws s3 cp samples/us-stocks-1day.json.gz": "aws s3 ls s3://mejan-dev-data/rejects/ >/dev/null",
}

// sparedCommand is a command that is not executed.
type sparedCommand struct {
	command
	reason string
}

// sort divides commands into those that are executed and those that are not. An exception without a command is an
// error.
func sort(typed []command) (toRun []command, spared []sparedCommand, err error) {
	used := make(map[exception]bool)
	for _, c := range typed {
		e, found := exceptionOf(c.Text)
		if !found {
			toRun = append(toRun, c)
			continue
		}
		used[e] = true
		spared = append(spared, sparedCommand{c, e.reason})
	}
	for _, e := range exceptions {
		if !used[e] {
			return nil, nil, fmt.Errorf("no command begins with %q; take it off the list of exceptions", e.prefix)
		}
	}
	return toRun, spared, nil
}

func exceptionOf(text string) (exception, bool) {
	for _, e := range exceptions {
		if rest, found := strings.CutPrefix(text, e.prefix); found && (rest == "" || rest[0] == ' ' || rest[0] == '(') {
			return e, true
		}
	}
	return exception{}, false
}
