-- Asks with each line of a file in turn, and writes what the benchmark reads: requests, microseconds, p99, refused.
local asked, turn = {}, 0

function init(arguments)
  wrk.method = "POST"
  wrk.headers["content-type"] = "application/json"
  for line in io.lines(arguments[1]) do
    asked[#asked + 1] = wrk.format(nil, nil, nil, line)
  end
end

function request()
  turn = turn % #asked + 1
  return asked[turn]
end

function done(summary, latency)
  local errors = summary.errors
  local refused = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("\nmeasured %d %d %f %d\n", summary.requests, summary.duration, latency:percentile(99), refused))
end
