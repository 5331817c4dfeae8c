-- The requests of one work, for wrk: the paths of a file, one after the other, over and over.
-- Environment: BENCH_PATHS (a file, one path a line), BENCH_AUTHORIZATION, BENCH_METHOD, and
-- BENCH_BODY (a file) where requests have one. Every request is made before the clock starts.

local requests, position = {}, 0

function init(_)
  local method = os.getenv("BENCH_METHOD") or "GET"
  local headers = { ["Authorization"] = os.getenv("BENCH_AUTHORIZATION") }
  local body
  if os.getenv("BENCH_BODY") then
    local file = assert(io.open(os.getenv("BENCH_BODY")))
    body = file:read("*a")
    file:close()
    headers["Content-Type"] = "application/json"
  end
  for path in io.lines(os.getenv("BENCH_PATHS")) do
    requests[#requests + 1] = wrk.format(method, path, headers, body)
  end
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency, _)
  local errors = summary.errors
  print(string.format(
    'RESULT {"requests":%d,"microseconds":%d,"bytes":%d,"failures":%d,"broken":%d,"p50":%d,"p99":%d}',
    summary.requests, summary.duration, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
