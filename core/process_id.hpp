// The identity of a process: what the Bully algorithm orders processes by.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace bully {

/// (days until the mother's next birthday, student id), ordered lexicographically; the greatest wins.
/// Source: the lab. Range there: days 1..365, student id 1000000..9999999; any int32 is ordered correctly.
struct ProcessId {
    std::int32_t days = 0;
    std::int32_t student_id = 0;

    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads the defaulted comparison
    friend constexpr auto operator<=>(const ProcessId&, const ProcessId&) = default;
};

/// "(days, student id)", as the lab writes it.
[[nodiscard]] std::string to_string(ProcessId pid);

}  // namespace bully

template <>
struct std::hash<bully::ProcessId> {
    std::size_t operator()(const bully::ProcessId& pid) const noexcept {
        const auto days = static_cast<std::uint64_t>(static_cast<std::uint32_t>(pid.days));
        return std::hash<std::uint64_t>{}(days << 32U | static_cast<std::uint32_t>(pid.student_id));
    }
};
