#!/bin/sh
# Scans, goes on with a scan that was killed, and tells what was found: scan.sh OUTPUT [OPTION]... [TARGET]...
out=$1 && shift && rm -f "$out.summary"
pacemap -o "$out" --summary-file "$out.summary" "$@"
while code=$? && [ "$code" -gt 130 ] && [ -e "$out.pacemap" ]; do pacemap resume "$out.pacemap"; done
case $code in
0 | 4) jq -r '"\(.summary.success_unique) hosts answered, of \(.summary.targets.planned) targets; exit code \(.exit_code)"' "$out.summary" ;;
*) jq -r '"\(.reason); from here: \(.summary.checkpoint)"' "$out.summary" >&2 ;;
esac
exit "$code"
