#include "core/cli/version.hpp"

#include <bully/version.hpp>
#include <commit.hpp>

namespace bully::cli {

std::string version_of(std::string_view program) {
    constexpr std::string_view commit = BULLY_COMMIT;
    auto text = std::string(program) + " " BULLY_VERSION;
    if (!commit.empty()) text.append(" (commit ").append(commit).append(")");
    return text;
}

}  // namespace bully::cli
