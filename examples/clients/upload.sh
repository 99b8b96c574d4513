#!/usr/bin/env bash
# Uploads a CSV of coupons by mobile number with curl, and watches its jobs to the end.
#
#   TOKEN_COMMAND='echo sandbox-token' ./upload.sh coupons.csv 541854 [key]
#
# TOKEN_COMMAND prints an access token, and is run again when the gateway refuses the one before. A repeat with the same
# key finds the jobs of the first try instead of making new ones. Exits with 0 when Capillary took the file.
set -euo pipefail
file=$1 series=$2 key=${3:-upload-$(date +%s)-$$}
url=${GATEWAY_URL:-http://127.0.0.1:4000/graphql}
documents=$(tr -s ' \n' ' ' <"$(dirname "$0")/documents.graphql")
token=$(bash -c "$TOKEN_COMMAND")
# In quotes for curl, which would take a comma or a semicolon in a name for its end.
part=${file//\\/\\\\} part=\"${part//\"/\\\"}\"

upload() {
  local input="{ \"couponSeriesId\": \"$series\", \"customerIdentifier\": \"MOBILE\", \"customerIdentifierColumn\": 0, \"options\": { \"idempotencyKey\": \"$key\" } }"
  # All fields of the form before the file. Repeats are safe because of the key, so curl may repeat whatever fails.
  curl --progress-bar --retry 4 --retry-all-errors "$url" \
    -H "x-cap-api-oauth-token: $token" -H 'graphql-require-preflight: 1' \
    --form-string "operations={ \"operationName\": \"UploadCoupons\", \"query\": \"$documents\", \"variables\": { \"file\": null, \"input\": $input } }" \
    --form-string 'map={ "0": ["variables.file"] }' \
    -F "0=@$part;type=text/csv"
}

answer=$(upload)
if grep -q '"code":"UNAUTHENTICATED"' <<<"$answer"; then
  token=$(bash -c "$TOKEN_COMMAND")
  answer=$(upload)
fi
echo "$answer"
ids=$(grep -o '"id":"[^"]*"' <<<"$answer" | cut -d: -f2- | paste -sd, -) || true
grep -q '"__typename":"UploadAccepted"' <<<"$answer"

# -N: each state as it comes.
curl --silent --show-error -N "$url" \
  -H "x-cap-api-oauth-token: $token" -H 'accept: text/event-stream' -H 'content-type: application/json' \
  -d "{ \"operationName\": \"WatchJobs\", \"query\": \"$documents\", \"variables\": { \"ids\": [$ids] } }" |
  sed -n 's/^data: //p'
