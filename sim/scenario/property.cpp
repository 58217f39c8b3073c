#include "sim/scenario/property.hpp"

#include <algorithm>
#include <cassert>

namespace bully::sim {

std::string name_of(Property property) {
    const auto* const found = std::ranges::find(all_properties, property, &NamedProperty::property);
    assert(found != all_properties.end());
    return std::string(found->name);
}

}  // namespace bully::sim
