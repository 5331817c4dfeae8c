#!/usr/bin/env bash
# Releases a version of a datacenter app: uploads a JAR, creates a version of it after the newest
# one, with that one's listing, makes it public, and reads everything back. It is written as for
# the vendor's service; only the base URL says otherwise.
#
#   make run                                # in one terminal: a server with the demo data
#   examples/release.sh addon-2.7.0.jar     # in another; needs curl, jq and sha512sum
#
# The JAR declares the key of the app and the number of the version. MARKETPLACE_URL may end in
# /marketplace, as it does at the vendor's. RELEASE_SUMMARY and RELEASE_NOTES go to the changelog.
set -euo pipefail

url=${MARKETPLACE_URL:-http://127.0.0.1:8080}
user=${MARKETPLACE_USER:-developer@example.com:demo-token}
agreement=${AGREEMENT_URL:-https://developer.atlassian.com/marketplace/terms}
jar=${1:?usage: examples/release.sh JAR}

if [ ! -f "$jar" ]; then
  printf 'there is no file %s\n' "$jar" >&2
  exit 2
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
answer=$folder/answer.json body=$folder/body.json

# send STATUS WHAT PATH CURL-ARGUMENTS…: send a request; stop unless the answer has that status.
send() {
  local wanted=$1 what=$2 path=$3 status
  shift 3
  status=$(curl --silent --show-error --user "$user" --output "$answer" \
    --write-out '%{http_code}' "$@" "$url$path")
  printf '%s  %s\n' "$status" "$what"
  if [ "$status" != "$wanted" ]; then
    printf 'expected %s; the answer was:\n' "$wanted" >&2
    cat "$answer" >&2
    exit 1
  fi
}

# send_json STATUS WHAT METHOD PATH: the same with the JSON of the file $body.
send_json() {
  send "$1" "$2" "$4" --request "$3" --header 'Content-Type: application/json' --data-binary "@$body"
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

digest=$(sha512sum <"$jar")
digest=sha512:${digest%% *}

send 200 'Upload the artifact' /rest/3/artifacts --form "file=@\"$jar\""
holds 'the checksum is that of the file' '.fileInfo.checksum == $digest' --arg digest "$digest"
holds 'the JAR declares a key and a version' '.details | has("key") and has("version")'
app_key=$(jq --raw-output .details.key "$answer")
version_number=$(jq --raw-output .details.version "$answer")
artifact=$(jq --raw-output ._links.self.href "$answer")
artifact_id=${artifact##*/}

send 200 "Look up the datacenter app of $app_key" \
  "/rest/3/app-software/app-key/$app_key?hosting=datacenter"
holds 'there is one' 'length == 1 and .[0].hosting == "datacenter"'
versions=/rest/3/app-software/$(jq --raw-output '.[0].appSoftwareId' "$answer")/versions

send 200 'Read the newest version' "$versions?limit=1"
holds 'there is one' '.versions | length == 1'
newest=$(jq .versions[0].buildNumber "$answer")
build_number=$((newest + 100))

jq '.versions[0] as $newest | $newest
    | {compatibilities, supportedPaymentModel, licenseType, sourceCodeLicense, supported}
    | with_entries(select(.value != null))
    | . + {
        buildNumber: $build_number,
        versionNumber: $version_number,
        beta: false,
        frameworkDetails: ($newest.frameworkDetails
                           | .attributes.artifactId = $artifact_id),
        acceptedAgreements: [{agreementUrl: $agreement}],
        changelog: {releaseSummary: $summary, releaseNotes: $notes}
      }' \
  --argjson build_number "$build_number" --arg version_number "$version_number" \
  --arg artifact_id "$artifact_id" --arg agreement "$agreement" \
  --arg summary "${RELEASE_SUMMARY:-Version $version_number}" \
  --arg notes "${RELEASE_NOTES:-See the documentation.}" "$answer" >"$body"

send 200 "Read the listing of build $newest" "$versions/$newest/listing"
cp "$answer" "$folder/listing.json"

send_json 201 "Create version $version_number, build $build_number" POST "$versions"
holds 'it takes over what the newest version has' \
  'del(.licenseType.name, .licenseType.link) as $got
   | ($sent[0] | del(.acceptedAgreements, .licenseType.name, .licenseType.link)) as $sent
   | ($got * $sent) == $got' \
  --slurpfile sent "$body"
holds 'it is not public yet' '.state != "active" and .revision == 1'

# What the server alone decides is sent as it was read: it is ignored.
jq '. + {state: "PUBLIC", revision: 1}' "$folder/listing.json" >"$body"
send_json 201 'Create its listing, and make it public' POST "$versions/$build_number/listing"
holds 'it says what the listing before it says' \
  'del(.buildNumber, .revision, .approvalDetails)
   == ($before[0] | del(.buildNumber, .revision, .approvalDetails))' \
  --slurpfile before "$folder/listing.json"

send 200 'Read the version' "$versions/$build_number"
holds 'it is active, with the artifact' \
  '.state == "active" and .versionNumber == $version_number
   and .frameworkDetails.attributes.artifactId == $artifact_id' \
  --arg version_number "$version_number" --arg artifact_id "$artifact_id"

send 200 'Read the artifact' "$artifact"
holds 'the checksum is that of the file' '.fileInfo.checksum == $digest' --arg digest "$digest"
binary=$(jq --raw-output ._links.binary.href "$answer")

send 200 'Download it' "$binary"
downloaded=$(sha512sum <"$answer")
if [ "sha512:${downloaded%% *}" != "$digest" ]; then
  printf 'what was downloaded is not %s\n' "$jar" >&2
  exit 1
fi
printf '     it is the file that was uploaded\n'

printf 'Version %s of %s is released.\n' "$version_number" "$app_key"
