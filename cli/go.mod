module github.com/mejan/mejan/cli

go 1.26.6

require (
	github.com/spf13/cobra v1.10.2
	github.com/google/go-cmp v0.7.0
	github.com/mejan/mejan/functions/pipeline v0.0.0
	github.com/mejan/mejan/local v0.0.0
	github.com/mejan/mejan/platform v0.0.0
)

replace (
	github.com/mejan/mejan/functions/pipeline => ../functions/pipeline
	github.com/mejan/mejan/local => ../local
	github.com/mejan/mejan/platform => ../platform
)
