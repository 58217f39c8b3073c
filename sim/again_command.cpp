#include "sim/again_command.hpp"

#include "core/transitions.hpp"

#include <algorithm>
#include <string_view>

namespace bully::sim {

std::string shell_word(const std::string& text) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+,:@%=";
    if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string again_command(const std::string& file, std::uint64_t seed, Mode mode,
                          const std::vector<std::string>& overrides) {
    auto command = "bully_sim " + shell_word(file) + " --seed " + std::to_string(seed);
    const std::string word(to_string(mode));
    if (std::find(overrides.begin(), overrides.end(), "mode=" + word) == overrides.end()) command += " --mode " + word;
    for (const auto& override : overrides) command += " --set " + shell_word(override);
    return command;
}

}  // namespace bully::sim
