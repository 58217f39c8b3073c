#include "core/record/quantities.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace bully {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::chrono::year_month_day> date(std::string_view text) {
    std::array<int, 3> parts{};
    std::array<std::size_t, 3> lengths{4, 2, 2};
    for (std::size_t i = 0; i < 3; ++i) {
        if (i > 0) {
            if (text.empty() || text.front() != '-') return std::nullopt;
            text.remove_prefix(1);
        }
        if (text.size() < lengths[i]) return std::nullopt;
        const auto digits = text.substr(0, lengths[i]);
        if (!std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
        for (const char c : digits) parts[i] = parts[i] * 10 + (c - '0');
        text.remove_prefix(lengths[i]);
    }
    const std::chrono::year_month_day day{std::chrono::year{parts[0]},
                                          std::chrono::month{static_cast<unsigned>(parts[1])},
                                          std::chrono::day{static_cast<unsigned>(parts[2])}};
    if (!text.empty() || !day.ok()) return std::nullopt;
    return day;
}

}  // namespace

std::optional<std::int64_t> scaled_decimal(std::string_view decimal, std::int64_t unit) {
    constexpr std::int64_t limit = INT64_MAX / 4;  // sums of a few times must not overflow
    const auto point = decimal.find('.');
    const auto whole = decimal.substr(0, point);
    auto fraction = point == std::string_view::npos ? std::string_view{} : decimal.substr(point + 1);
    if (whole.empty() || (point != std::string_view::npos && fraction.empty())) return std::nullopt;
    if (!std::all_of(whole.begin(), whole.end(), is_digit)) return std::nullopt;
    if (!std::all_of(fraction.begin(), fraction.end(), is_digit)) return std::nullopt;
    std::int64_t value = 0;
    for (const char c : whole) {
        if (value > limit / 10) return std::nullopt;
        value = value * 10 + (c - '0');
    }
    if (value > limit / unit) return std::nullopt;
    value *= unit;
    // Minutes and hours divide by 6 at most, so a fraction is exact only while its digits still share the unit.
    std::int64_t numerator = 0;
    std::int64_t denominator = 1;
    while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
    if (fraction.size() > 13) return std::nullopt;
    for (const char c : fraction) {
        numerator = numerator * 10 + (c - '0');
        denominator *= 10;
    }
    // numerator < denominator <= 10^13 and unit <= 3.6 * 10^12: reduce before multiplying.
    std::int64_t scale = unit;
    while (denominator % 2 == 0 && scale % 2 == 0) denominator /= 2, scale /= 2;
    while (denominator % 5 == 0 && scale % 5 == 0) denominator /= 5, scale /= 5;
    if (numerator % denominator != 0) return std::nullopt;
    return value + numerator / denominator * scale;
}

std::optional<Duration> parse_duration(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> units{{{"ns", 1},
                                                                                     {"us", 1'000},
                                                                                     {"ms", 1'000'000},
                                                                                     {"s", 1'000'000'000},
                                                                                     {"min", 60'000'000'000},
                                                                                     {"h", 3'600'000'000'000}}};
    const auto end = text.find_first_not_of("0123456789.");
    if (end == std::string_view::npos) return std::nullopt;
    for (const auto& [unit, ns] : units) {
        if (text.substr(end) != unit) continue;
        const auto count = scaled_decimal(text.substr(0, end), ns);
        return count ? std::optional(Duration{*count}) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<int> days_until_birthday(std::string_view birthday, std::string_view today_text) {
    using namespace std::chrono;
    const auto today = date(today_text);
    // MM-DD is enough; 2000 had a 29 February.
    const auto born = birthday.size() == 5 ? date("2000-" + std::string(birthday)) : date(birthday);
    if (!today || !born) return std::nullopt;
    const auto in_year = [&](year y) {
        const year_month_day day = y / born->month() / born->day();
        return sys_days{day.ok() ? day : y / March / 1};
    };
    auto next = in_year(today->year());
    if (next <= sys_days{*today}) next = in_year(today->year() + years{1});
    return std::min(static_cast<int>((next - sys_days{*today}).count()), 365);
}

}  // namespace bully
