import { createRedisScript } from '../../redis/redis-script.ts';

// Fields of a seat, a hash: `issued`, the number of the last turn; `until`, when its lease ends; `number`, `body` and
// `at` of the last good result. Times are milliseconds of Redis' clock. Numbers of turns follow that clock in
// microseconds, so that they go on rising when Redis comes back empty; they stay below 2^53. Where that clock was set
// back, what lies far in the future is from before that: it counts as over.
const clock = `
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * Asks for the turn to poll. Keys: seat, budget, pause. Arguments: number of the last result known, `1` if a newer
 * one is wanted instead of a turn, lease in ms, polls a minute, window in ms.
 * Answers `['shared', number, body, ageMs]`, `['busy', issued, ms]`, `['wait', issued, ms]` or `['poll', number]`.
 */
export const beginTurn = createRedisScript<readonly string[]>(`${clock}
local known, leaseMs, perMinute, windowMs = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local seat = redis.call('HMGET', KEYS[1], 'issued', 'until', 'number', 'body', 'at')
local issued = tonumber(seat[1] or 0)
if ARGV[2] == '1' and seat[4] and tonumber(seat[3]) > known and tonumber(seat[5]) <= nowMs then
  return { 'shared', seat[3], seat[4], tostring(nowMs - seat[5]) }
end
local leftMs = tonumber(seat[2] or 0) - nowMs
if leftMs > 0 and leftMs < 100 * leaseMs then
  return { 'busy', string.format('%.0f', issued), tostring(leftMs) }
end

local waitMs = math.max(0, redis.call('PTTL', KEYS[3]))
-- Nobody asks for a pause of more than two minutes.
if waitMs > 2 * windowMs then
  redis.call('DEL', KEYS[3])
  waitMs = 0
end
-- As in poll-budget.ts: change both.
local oldest = tonumber(redis.call('LINDEX', KEYS[2], 0) or nowMs)
while oldest <= nowMs - windowMs or oldest > nowMs + windowMs do
  redis.call('LPOP', KEYS[2])
  oldest = tonumber(redis.call('LINDEX', KEYS[2], 0) or nowMs)
end
local taken = redis.call('LLEN', KEYS[2])
if taken >= perMinute / 2 then
  local newest = tonumber(redis.call('LINDEX', KEYS[2], -1))
  local freed = tonumber(redis.call('LINDEX', KEYS[2], math.max(0, taken - perMinute))) + windowMs
  local slotMs = newest + (freed - newest) / (math.max(0, perMinute - taken) + 1)
  waitMs = math.max(waitMs, math.min(windowMs, math.ceil(slotMs - nowMs)))
end
if waitMs > 0 then return { 'wait', string.format('%.0f', issued), tostring(waitMs) } end

redis.call('RPUSH', KEYS[2], nowMs)
redis.call('PEXPIRE', KEYS[2], windowMs)
local number = string.format('%.0f', math.max(issued, known, time[1] * 1000000 + time[2]) + 1)
redis.call('HSET', KEYS[1], 'issued', number, 'until', nowMs + leaseMs)
redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[1]), 10 * leaseMs))
return { 'poll', number }
`);

/** The last result, if it is still kept: `[number, body, ageMs]` or nil. Key: seat. */
export const readResult = createRedisScript<readonly string[] | null>(`${clock}
local seat = redis.call('HMGET', KEYS[1], 'number', 'body', 'at')
if not seat[2] or tonumber(seat[3]) > nowMs then return nil end
return { seat[1], seat[2], tostring(nowMs - seat[3]) }
`);

/** Prolongs the lease of a turn. Key: seat. Arguments: number, lease in ms. */
export const renewTurn = createRedisScript<0 | 1>(`${clock}
if redis.call('HGET', KEYS[1], 'issued') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'until', nowMs + ARGV[2])
redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[1]), 10 * ARGV[2]))
return 1
`);

/**
 * Ends a turn with its result, unless a later turn was given out: that one's result may be in already, or may be older
 * than this one, and nobody could tell. Answers 1 or 0. Keys: seat, pause. Arguments: number, channel, body, what
 * becomes of the kept result (`keep`, `drop` or for how many ms the new one is kept), ms to pause.
 */
export const finishTurn = createRedisScript<0 | 1>(`${clock}
local pauseMs = tonumber(ARGV[5])
if pauseMs > redis.call('PTTL', KEYS[2]) and pauseMs > 0 then redis.call('SET', KEYS[2], 1, 'PX', pauseMs) end
if redis.call('HGET', KEYS[1], 'issued') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'until', 0)
if ARGV[4] == 'drop' then
  redis.call('HDEL', KEYS[1], 'number', 'body', 'at')
elseif ARGV[4] ~= 'keep' then
  redis.call('HSET', KEYS[1], 'number', ARGV[1], 'body', ARGV[3], 'at', nowMs)
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
redis.call('PUBLISH', ARGV[2], ARGV[1] .. ' ' .. ARGV[3])
return 1
`);

/** Gives a turn back and tells those who wait. Key: seat. Arguments: number, channel. */
export const releaseTurn = createRedisScript<0 | 1>(`
if redis.call('HGET', KEYS[1], 'issued') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'until', 0)
redis.call('PUBLISH', ARGV[2], ARGV[1] .. ' ')
return 1
`);
