// What the programs take on their command lines. Each reader returns the value, or says what is wrong and what was
// expected.
#pragma once

#include "core/process_id.hpp"
#include "core/timing.hpp"

#include <tl/expected.hpp>

#include <charconv>
#include <concepts>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

namespace bully::cli {

template <typename Value>
using Read = tl::expected<Value, std::string>;

/// `text` between ticks, for a message: one short line, with control characters escaped.
[[nodiscard]] std::string in_ticks(std::string_view text);
/// "`text`, expected ...".
[[nodiscard]] tl::unexpected<std::string> wrong(std::string_view text, std::string_view expected);

/// "1500ms"; from `least` to a year.
[[nodiscard]] Read<Duration> read_duration(std::string_view text, Duration least = Duration{1});
/// "500ms,3s", or one duration for both ends; a year at most. The lesser end may be "0s".
[[nodiscard]] Read<DurationRange> read_duration_range(std::string_view text);
/// "12,1234567"; days 1..365, student id 1000000..9999999, as the coordinator daemon demands.
[[nodiscard]] Read<ProcessId> read_process_id(std::string_view text);

/// Decimal digits from `least` to `greatest`.
template <std::integral Number>
[[nodiscard]] Read<Number> read_whole_number(std::string_view text, Number least, Number greatest) {
    Number value{};
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc{} && stop == end && value >= least && value <= greatest) return value;
    std::string expected = "a whole number";
    if (greatest < std::numeric_limits<Number>::max()) {
        expected += " from " + std::to_string(least) + " to " + std::to_string(greatest);
    } else {
        if (least > 0) expected += " from " + std::to_string(least) + ",";
        expected += " below 2^" + std::to_string(std::numeric_limits<Number>::digits);
    }
    return wrong(text, expected);
}

}  // namespace bully::cli
