#include "core/cli/values.hpp"

#include "core/record/quantities.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bully::cli {
namespace {

// Sums of a few don't overflow, nor do the clock's time points.
constexpr auto longest_duration = std::chrono::hours(24 * 365);
constexpr ProcessId least_pid{1, 1'000'000};
constexpr ProcessId greatest_pid{365, 9'999'999};

}  // namespace

std::string in_ticks(std::string_view text) {
    constexpr std::size_t most = 60;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string shown = "`";
    for (const char c : text) {
        if (shown.size() > most) return shown + "...`";
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f) {
            shown += c;
        } else {
            shown += "\\x";
            shown += digits[byte >> 4U];
            shown += digits[byte & 0xfU];
        }
    }
    return shown + "`";
}

tl::unexpected<std::string> wrong(std::string_view text, std::string_view expected) {
    return tl::unexpected(in_ticks(text) + ", expected " + std::string(expected));
}

Read<Duration> read_duration(std::string_view text, Duration least) {
    const auto duration = parse_duration(text);
    if (!duration) return wrong(text, "a time with a unit, such as 1500ms or 4s");
    if (*duration < least) {
        return wrong(text, least == Duration{1} ? "a time greater than 0, such as 1500ms or 4s"
                                                : "a time of at least " + to_string(least));
    }
    if (*duration > longest_duration) return wrong(text, "a year at most, which is 8760h");
    return *duration;
}

Read<DurationRange> read_duration_range(std::string_view text) {
    const auto comma = text.find(',');
    const auto min = parse_duration(text.substr(0, comma));
    const auto max = read_duration(comma == std::string_view::npos ? text : text.substr(comma + 1));
    if (!min || *min < Duration::zero() || !max) {
        return wrong(text, "a range MIN,MAX of times, MAX greater than 0 and a year at most, such as 500ms,3s");
    }
    if (*min > *max) return wrong(text, "a range MIN,MAX, such as 500ms,3s: MIN is greater than MAX");
    return DurationRange{*min, *max};
}

Read<ProcessId> read_process_id(std::string_view text) {
    const auto comma = text.find(',');
    if (comma != std::string_view::npos) {
        const auto days = read_whole_number(text.substr(0, comma), least_pid.days, greatest_pid.days);
        const auto id = read_whole_number(text.substr(comma + 1), least_pid.student_id, greatest_pid.student_id);
        if (days && id) return ProcessId{*days, *id};
    }
    return wrong(text, "DAYS,ID with days 1..365 and a student id of 7 digits, such as 12,1234567");
}

}  // namespace bully::cli
