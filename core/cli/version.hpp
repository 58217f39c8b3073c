// What a program says of its version.
#pragma once

#include <string>
#include <string_view>

namespace bully::cli {

/// "bully_sim 0.1.0 (commit 0123456789ab)"; "-dirty" where the tree had changes, no commit outside of a repository.
[[nodiscard]] std::string version_of(std::string_view program);

}  // namespace bully::cli
