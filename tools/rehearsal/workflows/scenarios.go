package main

// scenario is one run of a workflow, and what must have come of it.
type scenario struct {
	name     string
	workflow string
	// job is the only job that runs; empty for all.
	job    string
	event  string
	inputs map[string]any
	// before is what happens to the world first.
	before []happening
	// fails tells that a step must fail, and with it the run.
	fails bool
	want  want
}

// happening is something that a scenario finds.
type happening int

const (
	// aChange is a commit on main that gives the notifier another image, with an entry in the changelog.
	aChange happening = iota
	// protectedMain refuses pushes to main until openMain.
	protectedMain
	openMain
	// failingUp lets the next `pulumi up` fail.
	failingUp
)

// want is what must have come of a run. Texts are regular expressions.
type want struct {
	// commit is the subject of the last commit on main.
	commit string
	// pulumi is every call of pulumi, in order.
	pulumi []string
	// summary is what the page of the run says.
	summary string
	// github is what GitHub was asked to make or change, in order, and post what the last such thing says.
	github []string
	post   string
}

// up is how the workflows deploy a stage.
func up(stage string) string { return "^up --stack " + stage + " --yes --non-interactive$" }

var toUat = map[string]any{"from": "dev", "to": "uat"}

var scenarios = []scenario{
	{
		name: "the first release of dev", workflow: "release", event: "push",
		want: want{
			commit: `^release\(dev\): 3 images @ [0-9a-f]{7}$`, pulumi: []string{up("dev")},
			summary: `## Release of dev: commit (.|\n)*\| notifier \| .sha256:(.|\n)*It is the first release of the stage`,
		},
	},
	{
		name: "a promotion to uat", workflow: "promote", event: "workflow_dispatch", inputs: toUat,
		want: want{
			commit: `^release\(uat\): 3 images from dev @ [0-9a-f]{7}$`, pulumi: []string{up("uat")},
			summary: "## Release of uat: (.|\n)*promoted from dev",
		},
	},
	{
		name: "a promotion to prod, where main takes requests only", workflow: "promote", event: "workflow_dispatch",
		inputs: map[string]any{"from": "uat", "to": "prod"}, before: []happening{protectedMain},
		want: want{
			commit: `^release\(uat\)`, pulumi: []string{up("prod")}, summary: "## Release of prod: (.|\n)*promoted from uat",
			github: []string{`^pull request main <- release/prod-[0-9a-f]{7}$`}, post: `release\(prod\): 3 images from uat`,
		},
	},
	{
		name: "a second release of dev", workflow: "release", event: "push", before: []happening{openMain, aChange},
		want: want{
			commit: `^release\(dev\)`, pulumi: []string{up("dev")},
			summary: "New since then:\n\n```text\n[0-9a-f]+ functions/notifier: rehearse\n```\n\n" +
				"New in the changelog:\n\n- Rehearsed",
		},
	},
	{
		name: "a promotion to uat that cannot be deployed", workflow: "promote", event: "workflow_dispatch", inputs: toUat,
		before: []happening{failingUp}, fails: true,
		want: want{commit: `^release\(uat\)`, pulumi: []string{up("uat")}, summary: "Release of uat"},
	},
	{
		name: "the previews of a pull request", workflow: "ci", job: "preview", event: "pull_request",
		want: want{
			commit: `^release\(uat\)`, pulumi: []string{
				"^preview --stack dev --diff --color never --non-interactive$", "^preview --stack uat ", "^preview --stack prod ",
			},
			github: []string{"^new comment on 7$", "^comment 1$", "^comment 1$"},
			post:   "### dev\n(.|\n)*pulumi preview --stack dev(.|\n)*### uat\n(.|\n)*### prod\n",
		},
	},
	{name: "the nightly look for drift", workflow: "drift", event: "schedule", want: want{commit: `^release\(uat\)`}},
	{name: "what goes back to dev", workflow: "backsync", event: "schedule", want: want{commit: `^release\(uat\)`}},
}
