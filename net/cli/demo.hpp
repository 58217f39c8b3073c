// bully_live --demo: a group agrees on its leader, loses it, and agrees on another.
#pragma once

#include "net/log/live_log.hpp"
#include "net/node/group.hpp"

namespace bully::net {

/// Kills the leader of a group that has just been started, and tells how long each agreement took. True if all agreed
/// twice. Times in the log count from `epoch`.
[[nodiscard]] asio::awaitable<bool> run_demo(LiveGroup& group, LiveLog& log, Clock::time_point epoch);

}  // namespace bully::net
