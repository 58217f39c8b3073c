// Times and dates as people write them, in scenario files and on command lines.
#pragma once

#include "core/timing.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace bully {

/// digits [. digits], exactly times `unit`; nothing if it isn't that, or doesn't come out as a whole number that fits.
[[nodiscard]] std::optional<std::int64_t> scaled_decimal(std::string_view decimal, std::int64_t unit);

/// "1.5s", "500us": an exact decimal with a unit (ns, us, ms, s, min, h); nothing if it isn't one.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

/// Days until the next birthday as the lab counts them: 1..365, the day itself is 365. A birthday on 29 February
/// counts as 1 March in a year without one. `birthday` is YYYY-MM-DD or MM-DD, `today` YYYY-MM-DD. Nothing for what
/// is no date.
[[nodiscard]] std::optional<int> days_until_birthday(std::string_view birthday, std::string_view today);

}  // namespace bully
