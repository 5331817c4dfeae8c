#!/usr/bin/env bash
# The seven requests of the reference page "App software", sent as printed there: only the host,
# the credentials, the ids and the current revision are ours. Each answer is held against what
# the page prints: its status, its shape, and what was sent read back. One request is added: the
# page updates an active version, and a new one is active once its listing is public.
#
#   make run                      # in one terminal: a server with the demo data
#   examples/app-software.sh      # in another; needs curl and jq
#
# It creates build number 1001 (version 1.0.1), as the page does: once on each app software. The
# demo's first app has three; APP_SOFTWARE_ID chooses another than the cloud one.
set -euo pipefail

url=${MARKETPLACE_URL:-http://127.0.0.1:8080}
user=${MARKETPLACE_USER:-developer@example.com:demo-token}
app_key=${APP_KEY:-com.example.app.addon}
app_software=${APP_SOFTWARE_ID:-acd011b1-1111-45bc-902a-247046a11111}
build_number=1001

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# send STATUS WHAT CURL-ARGUMENTS…: send a request; stop unless the answer has that status.
send() {
  local wanted=$1 what=$2 status
  shift 2
  status=$(curl --silent --show-error --output "$answer" --write-out '%{http_code}' "$@")
  printf '%s  %s\n' "$status" "$what"
  if [ "$status" != "$wanted" ]; then
    printf 'expected %s; the answer was:\n' "$wanted" >&2
    cat "$answer" >&2
    exit 1
  fi
}

# holds WHAT FILTER [JQ-ARGUMENTS…]: stop unless the filter is true of the last answer.
holds() {
  local what=$1 filter=$2
  shift 2
  if ! jq --exit-status "$@" "$filter" "$answer" >/dev/null; then
    printf 'this does not hold: %s\nof the answer:\n' "$what" >&2
    cat "$answer" >&2
    exit 1
  fi
  printf '     %s\n' "$what"
}

send 200 'Get app software mappings for app' --request GET \
  --url "$url/rest/3/app-software/app-key/$app_key" \
  --user "$user" \
  --header 'Accept: application/json'
holds 'cloud and server, as printed' \
  'map({hosting, complianceBoundaries})[:2]
   == [{hosting: "cloud", complianceBoundaries: ["commercial"]},
       {hosting: "server", complianceBoundaries: null}]'

send 200 'Get app software versions' --request GET \
  --url "$url/rest/3/app-software/$app_software/versions" \
  --user "$user" \
  --header 'Accept: application/json'
holds 'links, versions and totalCount' \
  '(.links.self | startswith("/rest/3/app-software/")) and (.versions | length) <= .totalCount'

created='{
  "buildNumber": '$build_number',
  "versionNumber": "1.0.1",
  "compatibilities": [
    { "parentSoftwareId": "jira", "minBuildNumber": 80000, "maxBuildNumber": 90000 }
  ],
  "supportedPaymentModel": "free",
  "frameworkDetails": {
    "frameworkId": "connect",
    "attributes": { "descriptorId": "descriptor-123", "scopes": [ "READ", "WRITE" ] }
  },
  "licenseType": { "id": "commercial" },
  "supported": true,
  "beta": false,
  "acceptedAgreements": [
    { "agreementUrl": "https://developer.atlassian.com/marketplace/terms" }
  ],
  "changelog": {
    "releaseSummary": "Bug fixes and performance improvements",
    "releaseNotes": "This version includes several bug fixes and performance optimizations"
  }
}'
send 201 'Create a new app software version' --request POST \
  --url "$url/rest/3/app-software/$app_software/versions" \
  --user "$user" \
  --header 'Content-Type: application/json' \
  --data "$created"

# What was sent changes nothing when it is laid over what is read back.
same='. as $got | ($sent | del(.acceptedAgreements, .revision)) as $sent | ($got * $sent) == $got'

send 200 'Get app software version by build number' --request GET \
  --url "$url/rest/3/app-software/$app_software/versions/$build_number" \
  --user "$user" \
  --header 'Accept: application/json'
holds 'everything that was sent is read back' "$same" --argjson sent "$created"
holds 'what the server adds: name and link of the licence, state, revision, who and when' \
  '(.licenseType | has("name") and has("link")) and .state == "auto-approved" and .revision == 1
   and .createdBy != "" and (.createdAt | fromdateiso8601 > 0)'

send 201 'Make the version public: create its listing' --request POST \
  --url "$url/rest/3/app-software/$app_software/versions/$build_number/listing" \
  --user "$user" \
  --header 'Content-Type: application/json' \
  --data '{ "state": "PUBLIC" }'
holds 'a listing that is public and approved' \
  '.state == "PUBLIC" and .approvalStatus == "APPROVED" and .revision == 1'
revision=2 # as printed: the version is active since its listing is public

updated='{
  "buildNumber": '$build_number',
  "versionNumber": "1.0.2",
  "compatibilities": [
    { "parentSoftwareId": "jira", "minBuildNumber": 80000, "maxBuildNumber": 95000 }
  ],
  "supportedPaymentModel": "free",
  "frameworkDetails": {
    "frameworkId": "connect",
    "attributes": { "descriptorId": "descriptor-123", "scopes": [ "READ", "WRITE", "DELETE" ] }
  },
  "licenseType": { "id": "commercial" },
  "supported": true,
  "beta": false,
  "state": "active",
  "revision": '$revision',
  "acceptedAgreements": [
    { "agreementUrl": "https://developer.atlassian.com/marketplace/terms" }
  ],
  "changelog": {
    "releaseSummary": "Updated version with additional fixes",
    "releaseNotes": "Added new features and fixed critical bugs"
  }
}'
send 200 'Update app software version' --request PUT \
  --url "$url/rest/3/app-software/$app_software/versions/$build_number" \
  --user "$user" \
  --header 'Content-Type: application/json' \
  --data "$updated"
holds 'everything that was sent is read back, in the next revision' \
  "($same) and .revision == $revision + 1" --argjson sent "$updated"

send 200 'Get list of access tokens for app software' --request GET \
  --url "$url/rest/3/app-software/$app_software/tokens" \
  --user "$user" \
  --header 'Accept: application/json'
holds 'tokens, each with the site that it is bound to, or null' \
  '.tokens | all(has("token") and has("cloudId") and has("instance"))'

send 201 'Create access token for app software' --request POST \
  --url "$url/rest/3/app-software/$app_software/tokens" \
  --user "$user"
holds 'a token that no site has redeemed' \
  '(.token | startswith("at_")) and .cloudId == null and .instance == null'

echo 'All seven requests answered as the reference page prints.'
