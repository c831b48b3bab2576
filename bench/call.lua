-- One load: a JSON POST of about 2 KB (BENCH_TIMES=1; each time more is 2 KB more), the same for every target. BENCH_KEY is the credential, BENCH_USERS the number of users
-- that an app key names in turn (0: none), BENCH_STREAM=1 asks for a stream, 2 for one whose chunks come some ms apart. Prints one line of figures at the end.
local users = tonumber(os.getenv("BENCH_USERS") or "0")
local kind = os.getenv("BENCH_STREAM")
local stream = kind == "1" or kind == "2"
local sentence = "Break the work into steps, say what each one needs, and name the first of them. "
local body = '{"model":"gpt-4o-mini","messages":[{"role":"system","content":"You plan work.' .. (kind == "2" and " [[spaced]]" or "") .. '"},{"role":"user","content":"'
  .. string.rep(sentence, 23 * tonumber(os.getenv("BENCH_TIMES") or "1")) .. '"}],"max_completion_tokens":500,"temperature":0.2'
  .. (stream and ',"stream":true' or '') .. '}'
wrk.method, wrk.body = "POST", body
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. (os.getenv("BENCH_KEY") or "none")
-- What another gateway wants to be told besides: name=value;name=value
for name, value in string.gmatch(os.getenv("BENCH_HEADERS") or "", "([^=;]+)=([^;]+)") do
  wrk.headers[name] = value
end

local requests, at = {}, 0
if users > 0 then
  function init(args)
    for i = 1, users do
      wrk.headers["X-AiGateway-User"] = "bench-" .. i
      requests[i] = wrk.format()
    end
  end
  function request()
    at = at % users + 1
    return requests[at]
  end
end

function done(summary, latency)
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("FIGURES %d %d %d %.1f %.3f %.3f\n", summary.requests - errors.status, errors.status, lost,
    (summary.requests - errors.status) / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
