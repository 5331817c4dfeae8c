-- The requests of one work, for wrk: the lines of a file, one after the other, over and over.
-- A line is METHOD, path, Authorization, If-None-Match and body, with tabs between; the last
-- two may be empty. Every request is made before the clock starts.
-- Environment: BENCH_REQUESTS (the file), and BENCH_RATE (requests/s at the most) where the
-- load is to be paced.

local requests, position = {}, 0

function init(_)
  for line in io.lines(os.getenv("BENCH_REQUESTS")) do
    local method, path, authorization, tag, body =
      line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)$")
    local headers = { ["Authorization"] = authorization }
    if tag ~= "" then headers["If-None-Match"] = tag end
    if body == "" then
      body = nil
    else
      headers["Content-Type"] = "application/json"
    end
    requests[#requests + 1] = wrk.format(method, path, headers, body)
  end
end

function request()
  position = position % #requests + 1
  return requests[position]
end

local rate = tonumber(os.getenv("BENCH_RATE"))
if rate then
  local ffi = require("ffi")
  ffi.cdef [[
    typedef struct { long seconds; long nanoseconds; } bench_time;
    int clock_gettime(int clock, bench_time *now);
  ]]
  local now, due = ffi.new("bench_time"), nil

  -- Milliseconds to wait before the next request: each has its moment on one time-table. A request
  -- that is late is sent at once, and the time-table stands, so that the rate is kept.
  function delay()
    ffi.C.clock_gettime(1, now)
    local here = tonumber(now.seconds) + tonumber(now.nanoseconds) / 1e9
    due = due and due + 1 / rate or here
    return math.max(0, math.floor((due - here) * 1000 + 0.5))
  end
end

function done(summary, latency, _)
  local errors = summary.errors
  print(string.format(
    'RESULT {"requests":%d,"microseconds":%d,"bytes":%d,"failures":%d,"broken":%d,"p50":%d,"p99":%d}',
    summary.requests, summary.duration, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
