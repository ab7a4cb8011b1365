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
	// mergedRequest merges the request for the release of prod.
	mergedRequest
	// deployedByHand has uat run what dev runs, and deployedAgain what it ran before.
	deployedByHand
	deployedAgain
	// aHotfix is a commit beside main, which the images of uat are built from.
	aHotfix
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
		want: want{
			commit: `^release\(uat\): roll back to [0-9a-f]{7} from [0-9a-f]{7}$`, pulumi: []string{up("uat"), up("uat")},
			summary: `Release of uat: (.|\n)*\*\*Held:\*\* failed in https://github.com/acme/mejan/actions/runs/42`,
		},
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
	{
		name: "a night without drift", workflow: "drift", event: "schedule", before: []happening{mergedRequest},
		want: want{commit: "^Merge the release of prod$", pulumi: previews},
	},
	{
		name: "a night after somebody deployed by hand", workflow: "drift", event: "schedule", fails: true,
		before: []happening{deployedByHand},
		want: want{
			commit: "^Merge", pulumi: previews, github: []string{"^new issue$", "^issue 2$"},
			post: "## uat\n(.|\n)*notifier: it runs sha256:[0-9a-f]+, and git says sha256:[0-9a-f]+\n  make up STAGE=uat",
		},
	},
	{
		name: "the night after that was mended", workflow: "drift", event: "schedule", before: []happening{deployedAgain},
		want: want{
			commit: "^Merge", pulumi: previews,
			github: []string{"^issue 2$", "^closed issue 2$"}, post: "closed when there are none",
		},
	},
	{
		name: "a night on which nothing goes back to dev", workflow: "backsync", event: "schedule",
		want: want{commit: "^Merge"},
	},
	{
		name: "a fix that goes back to dev", workflow: "backsync", event: "schedule", before: []happening{aHotfix},
		want: want{
			commit: "^release.uat.: hotfix$", github: []string{"^pull request main <- backsync/uat-to-dev$"},
			post: "Bring what uat runs back to main\n(.|\n)*README: mend",
		},
	},
	{
		name: "a fix that waits to go back", workflow: "backsync", event: "schedule",
		want: want{commit: "^release", github: []string{"^refreshed pull request 2$"}, post: "README: mend"},
	},
}

// previews are the calls of pulumi that look for drift.
var previews = []string{
	"^preview --stack dev --expect-no-changes --non-interactive$", "^preview --stack uat ", "^preview --stack prod ",
}
