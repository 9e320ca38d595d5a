-- Asks every public route in turn, and holds each answer to what it may be. Cards and paths come from the folder named.
local threads = {}

function setup(thread)
   table.insert(threads, thread)
end

local function lines(path)
   local found = {}
   for line in io.lines(path) do found[#found + 1] = line end
   return found
end

function init(args)
   expected, bodies, requests, at = {}, {}, {}, 0
   kinds, unclean, wrong, examples = "", 0, 0, ""
   counts = {}
   for _, line in ipairs(lines(args[1] .. "/cards.txt")) do
      local number, verdict, text = line:match("^(%S+) (%S+) (%S+)$")
      expected[number] = verdict
      bodies[#bodies + 1] = '{"credential":"' .. text .. '"}'
   end
   local json = { ["Content-Type"] = "application/json" }
   for _, path in ipairs(lines(args[1] .. "/paths.txt")) do
      requests[#requests + 1] = wrk.format("GET", path, { ["Accept"] = "text/html,*/*", ["Accept-Encoding"] = "gzip" })
      for _ = 1, 3 do
         local body = bodies[#requests % #bodies + 1]
         requests[#requests + 1] = wrk.format("POST", "/api/v1/verifications", json, body)
      end
   end
   requests[#requests + 1] = wrk.format("POST", "/api/v1/verifications", json, '{"credential":"HTTPS://X/1#12345678"}')
   requests[#requests + 1] = wrk.format("POST", "/api/v1/lookups", json, '{"number":"R50260001","name":"nobody"}')
   at = math.random(#requests)
end

function request()
   at = at % #requests + 1
   return requests[at]
end

local function header(headers, wanted)
   for name, value in pairs(headers) do
      if name:lower() == wanted then return value end
   end
end

function response(status, headers, body)
   counts[status] = (counts[status] or 0) + 1
   local said = ""
   for one, count in pairs(counts) do said = said .. one .. "=" .. count .. " " end
   kinds = said
   if status >= 500 then
      local kind = header(headers, "content-type") or ""
      local clean = status == 503 and header(headers, "retry-after")
         and (kind:find("problem+json", 1, true) or kind:find("text/html", 1, true))
      if not clean then
         unclean = unclean + 1
         examples = status .. " " .. body:sub(1, 200)
      end
   end
   local verdict = status == 200 and body:match('^{"verdict":"([%w_]+)"')
   if verdict then
      local number = body:match('"number":"(%w+)"')
      local right = number and expected[number] or (not number and "forged")
      if number and verdict ~= right or not number and verdict == "valid" then
         wrong = wrong + 1
         examples = verdict .. " for " .. tostring(number)
      end
   end
end

function done(summary, latency, threads_)
   local errors = summary.errors
   print(string.format("requests %d in %.0f s; p50 %.1f ms, p99 %.1f ms, most %.1f ms", summary.requests,
      summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
   print(string.format("socket errors: connect %d, read %d, write %d, timeout %d", errors.connect, errors.read,
      errors.write, errors.timeout))
   local total, unclean_, wrong_ = {}, 0, 0
   for _, thread in ipairs(threads) do
      for status, count in thread:get("kinds"):gmatch("(%d+)=(%d+)") do
         total[status] = (total[status] or 0) + tonumber(count)
      end
      unclean_ = unclean_ + thread:get("unclean")
      wrong_ = wrong_ + thread:get("wrong")
      if thread:get("examples") ~= "" then print("such as: " .. thread:get("examples")) end
   end
   for status, count in pairs(total) do print("status " .. status .. ": " .. count) end
   print("5xx that are no clean 503: " .. unclean_)
   print("wrong verdicts: " .. wrong_)
end
