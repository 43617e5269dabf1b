#!/usr/bin/env bash
# Takes the picture of the demonstration's page that the README shows. Needs Debian's chromium.
#
#     make demo && tools/screenshot.sh demo/index.html docs/demo.png
set -euo pipefail
page=$(realpath "$1") picture=$(realpath -m "$2")
browser=$(command -v chromium || command -v chromium-browser) || { echo "chromium is not installed" >&2; exit 1; }
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
# Without these flags the browser keeps trying to reach its maker.
"$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
	--disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$profile" --window-size=1280,900 \
	--screenshot="$picture" "file://$page" 2>/dev/null
size=$(stat -c %s "$picture")
[ "$size" -lt 300000 ] || { echo "$picture has $size bytes: more than 300 kB" >&2; exit 1; }
