#!/bin/sh
# Checks a batch of bars by jq: ingest.sh FILE PROCESSED REJECTS. jq has one output, so awk divides it.
set -eu
folder=$(dirname "$0")
jq -c --arg today "$(date +%F)" -f "$folder/ingest.jq" "$1" | awk -v processed="$2" -v rejects="$3" '
	/^{"reasons"/ { invalid++; print > rejects; next }
	{ valid++; print > processed }
	END { printf "{\"raw\":%d,\"valid\":%d,\"invalid\":%d}\n", valid + invalid, valid, invalid }'
