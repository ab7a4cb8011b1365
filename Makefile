# Every recipe is a command that also works alone, typed at the root of the repository. What needs logic is a Go program.
.DEFAULT_GOAL := help
.PHONY: help programs ko laptop demo local test engine-test documents workflows verify fix build images commit smoke sign
.PHONY: verify-images promote rollback hold unhold status drift backsync doctor foundation preview up preview-comment drift-issue
.PHONY: changelog summary pulumi vulnerabilities bench fuzz clean FORCE

# FILE is what `make demo` puts under inputs/. STAGE is what images, doctor, foundation, preview and up are for. REPO is a
# registry and prefix that images go to instead of the stage's repositories. PULUMI_FLAGS are passed on to pulumi, such as
# --yes. FROM and TO are the stages of promote and backsync. COMMIT, SIGN, PROMOTE, ROLLBACK, HOLD, DRIFT and BACKSYNC are
# flags of these commands, such as --dry-run. PULL is the number of a pull request. BENCH are flags of bench. FUZZTIME is how
# long each target is fuzzed.
FILE ?= samples/us-stocks-1week.json
STAGE ?=
REPO ?=
PULUMI_FLAGS ?=
FROM ?=
TO ?=
PROMOTE ?=
ROLLBACK ?=
HOLD ?=
DRIFT ?=
BACKSYNC ?=
SIGN ?=
COMMIT ?=
PULL ?=
FUZZTIME ?= 1m
BENCH ?=

# One Go and one set of flags for the programs, the tests, ko and the functions, so that each package compiles once:
# .ko.yaml and platform/images/ko.go have the same. Without cgo a program also starts sooner. The go command would ask git
# about the checkout, which git refuses where somebody else owns it.
export GOTOOLCHAIN := $(shell sed -n 's/^  - GOTOOLCHAIN=//p' .ko.yaml)
export CGO_ENABLED := 0
export GOFLAGS := $(strip $(GOFLAGS) -trimpath -buildvcs=false)

# A function's binary as its image has it.
RELEASE := GOWORK=off GOOS=linux GOARCH=arm64 GOFLAGS=-trimpath
FLAGS := -trimpath -buildvcs=false -tags=lambda.norpc -ldflags="-s -w"

help: ## show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# What a local cloud needs, one after the other, even under make -j: each go command keeps all cores busy, and two at a time
# would both compile what they share.
laptop: bin/mejan bin/mejan-cloud ko
.NOTPARALLEL:

demo: laptop $(if $(STAGE),bin/mejan-aws) ## the whole pipeline on this machine: FILE=… in, a mail out; STAGE=uat for its release
	bin/mejan demo "$(FILE)" $(if $(STAGE),--stage "$(STAGE)") $(if $(REPO),--repo "$(REPO)")

local: laptop ## the local cloud with its console, until stopped
	bin/mejan local

test: ## every test of every module, and the stories of the whole pipeline
	go test -timeout=20m work
	GOWORK=off go -C tools test ./...
	GOWORK=off go -C tools/rehearsal test ./...

# Without vet, which reads a thousand packages for it: make verify lints the test.
engine-test: ## each stage's whole life under the real Pulumi engine, in one process
	GOWORK=off go -C platform/enginetest test -vet=off ./...

verify: ## format, sizes, generated files, tidy modules, import rules, lint
	GOWORK=off go -C tools run ./verify

documents: ## the commands of README.md and CONTRIBUTING.md, as typed, in a fresh clone
	GOWORK=off go -C tools/rehearsal run ./documents

workflows: laptop bin/mejan-aws ## the steps of .github/workflows, in order, in fresh clones, with AWS and GitHub on loopback
	GOWORK=off go -C tools/rehearsal run ./workflows

fix: ## repair what verify finds and can be repaired
	GOWORK=off go -C tools run ./verify -fix

build: programs bin/ingestor bin/analyzer bin/notifier ## bin/mejan, and the functions' binaries for Lambda

# mejan is light; mejan-cloud carries the local cloud and the Pulumi SDK, mejan-aws the AWS SDK, mejan-sign Sigstore, and mejan
# and mejan-aws start them. A target builds only what it starts: mejan-cloud compiles for minutes.
programs: bin/mejan bin/mejan-aws bin/mejan-cloud bin/mejan-sign

bin/mejan: FORCE
	go build -ldflags="-s -w -X main.commit=$$(git describe --always --dirty --abbrev=40 --exclude='*' 2>/dev/null)" -o $@ ./cli

bin/mejan-aws: FORCE
	go build -ldflags="-s -w" -o $@ ./cli/aws

bin/mejan-sign: FORCE
	go build -ldflags="-s -w" -o $@ ./cli/sign

bin/mejan-cloud: FORCE
	@test -x $@ || echo "The first build compiles the Pulumi SDK and ko, which takes some minutes."
	@start=$$(date +%s) && (set -x; go build -ldflags="-s -w" -o $@ ./cli/cloud) && echo "Built $@ in $$(($$(date +%s) - start)) s."

# The go command keeps the program in its cache, where mejan-cloud finds it.
ko: FORCE
	@GOWORK=off go -C tools tool -n github.com/google/ko >/dev/null

bin/ingestor bin/analyzer bin/notifier: FORCE
	$(RELEASE) go -C functions/$(@F) build $(FLAGS) -o ../../$@ .

images: bin/mejan bin/mejan-aws ## build the functions' images with ko; STAGE=dev also pushes and records them
	bin/mejan images $(if $(STAGE),--stage "$(STAGE)") $(if $(REPO),--repo "$(REPO)")

commit: bin/mejan bin/mejan-aws ## commit the release that `make images` wrote; STAGE=dev, COMMIT=--push
	bin/mejan commit "$(stage)" $(COMMIT)

smoke: bin/mejan bin/mejan-aws ## send a marked file through a stage and follow it to the mail; STAGE=dev, FILE=bars.json
	bin/mejan smoke "$(stage)" $(if $(FILE),"$(FILE)")

sign: bin/mejan bin/mejan-aws bin/mejan-sign ## sign the images of a stage; STAGE=dev SIGN="--key release.key", or SIGN=--keyless
	bin/mejan sign "$(stage)" $(if $(REPO),--repo "$(REPO)") $(SIGN)

verify-images: bin/mejan bin/mejan-aws bin/mejan-sign ## check the images of a stage in its registry, and their signatures; STAGE=dev
	bin/mejan verify "$(stage)" $(if $(REPO),--repo "$(REPO)")

promote: bin/mejan bin/mejan-aws bin/mejan-sign ## bring the images of a stage to the next one and commit its release; FROM=dev TO=uat
	bin/mejan promote $(FROM) $(TO) $(PROMOTE)

rollback: bin/mejan bin/mejan-aws ## restore the earlier release of a stage and hold it; STAGE=uat ROLLBACK="--list"
	bin/mejan rollback "$(STAGE)" $(ROLLBACK)

hold: bin/mejan bin/mejan-aws ## keep the images of a stage; STAGE=uat HOLD="--reason 'why'"
	bin/mejan hold "$(STAGE)" $(HOLD)

unhold: bin/mejan bin/mejan-aws ## take the hold off a stage; STAGE=uat
	bin/mejan unhold "$(STAGE)" $(HOLD)

status: bin/mejan bin/mejan-aws ## what runs where: git, Lambda and the registries of all stages
	bin/mejan status

drift: bin/mejan bin/mejan-aws ## find what differs between git and a stage, fail if anything does; STAGE=uat
	bin/mejan drift "$(STAGE)" $(DRIFT)

backsync: bin/mejan bin/mejan-aws ## find commits that a later stage has and an earlier one lacks; FROM=uat TO=dev BACKSYNC=--push
	bin/mejan backsync "$(FROM)" "$(TO)" $(BACKSYNC)

doctor: bin/mejan bin/mejan-aws ## check what this machine has and needs; STAGE=dev also checks that stage on AWS
	bin/mejan doctor $(if $(STAGE),"$(STAGE)")

# A stage has a release file as soon as its images are built; a broken link counts as one, and the program refuses it.
stage = $(or $(STAGE),dev)
release = platform/releases/$(stage).json
released = test -e $(release) -o -L $(release)

foundation: pulumi ## the first step of a stage: everything but its functions; STAGE=dev
	@if $(released); then echo "Stage $(stage) has a release, $(release), so its first step is done: \
	make up STAGE=$(stage)" >&2; exit 1; fi
	pulumi up --stack $(stage) $(PULUMI_FLAGS)

preview: pulumi ## what `make up` or `make foundation` would change; STAGE=dev
	pulumi preview --stack $(stage) $(PULUMI_FLAGS)

up: pulumi bin/mejan bin/mejan-aws bin/mejan-sign ## deploy a release to AWS, after its signatures are verified; STAGE=dev
	@$(released) || { echo "Stage $(stage) has no release, $(release). If it was deployed before, bring the file \
	back: git pull. If not, begin with: make foundation STAGE=$(stage)" >&2; exit 1; }
	bin/mejan verify "$(stage)" --if-required
	pulumi up --stack $(stage) $(PULUMI_FLAGS)

# What a workflow tells people, which works on a laptop too: GitHub is asked by gh, the summary goes to the terminal.
report = GOWORK=off go -C tools run ./report

preview-comment: pulumi ## `make preview` into a comment of a pull request; STAGE=dev PULL=12
	$(report) comment -pull "$(PULL)" -section "$(stage)" -title "What this changes in each stage" -- \
		env -u GOWORK $(MAKE) -s preview STAGE="$(stage)" PULUMI_FLAGS="--diff --color never --non-interactive"

drift-issue: ## `make drift` into one issue, which is closed when no stage differs from git; STAGE=dev
	$(report) issue -section "$(stage)" -title "Stages differ from git" -- \
		env -u GOWORK $(MAKE) -s drift STAGE="$(stage)"

changelog: ## what a promotion brings, from CHANGELOG.md, which must say it; FROM=dev TO=uat
	$(report) changelog -from "$(FROM)" -to "$(TO)"

summary: ## what a stage's release is and what is new in it; STAGE=dev
	$(report) summary -stage "$(stage)"

pulumi:
	@command -v pulumi >/dev/null || \
		{ echo "The Pulumi CLI is missing: https://www.pulumi.com/docs/iac/download-install/" >&2; exit 1; }

vulnerabilities: ## known vulnerabilities in what the functions, the program and the commands call; needs a network
	GOWORK=off go -C tools run ./vulnerabilities

bench: ## what the pipeline costs next to other programs: some 20 minutes; BENCH="-only ingest -size 100MB" for less
	GOWORK=off go -C tools run ./bench $(BENCH)

fuzz: ## every fuzz target of the workspace, each for FUZZTIME
	GOWORK=off go -C tools run ./fuzz -time $(FUZZTIME)

clean: ## remove what was built
	rm -rf bin out
