#!/usr/bin/env bash
# check-report.sh REPORT.html [PICTURES]: opens a report in Chromium without a window, draws every figure of every run in
# light and dark colours, opens its numbers, goes through its users, and fails on a figure that was not drawn, on an error of the console, on a file above 15 MB and on
# a page that needs 2 s. Pictures of both go into the folder PICTURES.
set -euo pipefail

fail() {
    echo "check-report: $*" >&2
    exit 1
}

find_browser() {
    local name
    for name in chromium-headless-shell chromium chromium-browser google-chrome; do
        if command -v "$name"; then return; fi
    done
}

(($# >= 1)) || fail "say which report: Scripts/check-report.sh runs/demo/report.html"
report=$(realpath -e -- "$1") || fail "$1 is not there; write it with: taiji report --run DIR"
pictures=${2:-}
browser=$(find_browser)
if [[ -z $browser ]] && ((EUID == 0)) && command -v apt-get > /dev/null; then
    echo "check-report: installing chromium-headless-shell"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        chromium-headless-shell fonts-dejavu-core; } > /dev/null 2>&1 || true
    browser=$(find_browser)
fi
[[ -n $browser ]] || fail "there is no Chromium; install it with: apt-get install chromium-headless-shell"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
options=(--headless --disable-gpu --hide-scrollbars --enable-logging=stderr "--user-data-dir=$work/profile")
if ((EUID == 0)); then options+=(--no-sandbox); fi

bytes=$(stat -c %s "$report")
((bytes <= 15000000)) || fail "$report has $bytes bytes; at most 15 MB are wanted"
timeout 500 "$browser" "${options[@]}" --timeout=400000 --virtual-time-budget=200000 \
    --dump-dom "file://$report#check" > "$work/page.html" 2> "$work/log"
if grep -F 'CONSOLE' "$work/log"; then fail "the console has the lines above"; fi
python3 - "$work/page.html" "$bytes" << 'PYTHON' || fail "the report is not in order"
import html, json, re, sys
page, size = open(sys.argv[1], encoding="utf-8").read(), int(sys.argv[2])
found = re.search(r'<html[^>]* data-check="([^"]*)"', page)
if not found:
    sys.exit("the page's script did not come to its end")
check = json.loads(html.unescape(found.group(1)))
print(f"{check.get('drawn')} of {check.get('asked')} drawings, {size / 1e6:.1f} MB, {len(check['failures'])} errors")
if check["failures"] or check.get("missing") or not check.get("asked"):
    sys.exit(f"not in order: {check.get('missing')}; errors: {check['failures']}")
PYTHON
if [[ -n $pictures ]]; then
    mkdir -p "$pictures"
    for theme in light dark; do
        timeout 300 "$browser" "${options[@]}" --window-size=1280,2400 --virtual-time-budget=100000 \
            "--screenshot=$pictures/report-$theme.png" "file://$report#theme=$theme" 2> /dev/null
    done
fi
# Real time until the figures in view are drawn: what a reader waits for.
timeout 60 "$browser" "${options[@]}" --timeout=5000 --dump-dom "file://$report" > "$work/page.html" 2> /dev/null
ready=$(sed -nE 's/.*<html[^>]* data-ready="([0-9]+)".*/\1/p' "$work/page.html" | head -n 1)
[[ -n $ready ]] || fail "the page was not ready after 5 s"
echo "ready after $ready ms"
((ready < 2000)) || fail "the page was ready after $ready ms; 2,000 are wanted"
