// The properties of core/README.md, each once: its name and its title.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bully::sim {

/// The values are the numbers; core/README.md says why one is left out. From p12 on they are the group's.
enum class Property : std::uint8_t {
    p1 = 1,
    p2,
    p3,
    p4,
    p5,
    p6,
    p7,
    p8,
    p9,
    p10,
    p11,
    p12,
    p13,
    p14,
    p15,
    p16,
    p18 = 18,
};

struct NamedProperty {
    Property property;
    std::string_view name;
    std::string_view title;
};

/// All properties, ascending.
inline constexpr std::array all_properties{
    NamedProperty{Property::p1, "P1", "no lower leader"},
    NamedProperty{Property::p2, "P2", "victories are earned"},
    NamedProperty{Property::p3, "P3", "one COORDINATOR to each member"},
    NamedProperty{Property::p4, "P4", "one OK for each request"},
    NamedProperty{Property::p5, "P5", "no deadline moves"},
    NamedProperty{Property::p6, "P6", "elections end in time"},
    NamedProperty{Property::p7, "P7", "stale events have no effect"},
    NamedProperty{Property::p8, "P8", "PROBEs keep their pace"},
    NamedProperty{Property::p9, "P9", "a failed PROBE: one JOIN, one election"},
    NamedProperty{Property::p10, "P10", "a failed process does nothing"},
    NamedProperty{Property::p11, "P11", "no member is forgotten"},
    NamedProperty{Property::p12, "P12", "one leader at a time"},
    NamedProperty{Property::p13, "P13", "no victory over a live higher process"},
    NamedProperty{Property::p14, "P14", "agreement"},
    NamedProperty{Property::p15, "P15", "stability"},
    NamedProperty{Property::p16, "P16", "quiet"},
    NamedProperty{Property::p18, "P18", "a dead leader is noticed"},
};
inline constexpr std::string_view property_range = "P1 to P16, or P18";  ///< For people: all the names.
inline constexpr std::size_t property_limit = static_cast<std::size_t>(all_properties.back().property) + 1;

[[nodiscard]] constexpr bool is_of_group(Property property) { return property >= Property::p12; }

/// "P1"
[[nodiscard]] std::string name_of(Property property);

}  // namespace bully::sim
