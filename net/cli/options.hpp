// What the command lines of the programs in here have in common, on CLI11: one form of help, of options, of messages.
#pragma once

#include "net/cli/values.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <functional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace bully::net {

/// The line for people when the arguments of `app` are wrong, and where to look.
[[nodiscard]] std::string usage_text(const CLI::App& app, const std::string& why);

/// Help that begins with `examples`, which may be empty, and messages as above.
void set_up(CLI::App& app, std::string examples);

/// An option that `read` turns into a value, or says what was expected; `type` is how help calls it.
template <typename Value, typename Target>
CLI::Option* add(CLI::App& app, const std::string& name, Target& target,
                 std::function<Read<Value>(const std::string&)> read, const std::string& what,
                 const std::string& type) {
    const auto store = [&target, name, read = std::move(read)](const std::string& text) {
        const auto value = read(text);
        if (!value) throw CLI::ValidationError(name, value.error());
        target = *value;
    };
    return app.add_option_function<std::string>(name, store, what)->option_text(type);
}

template <typename Value>
std::function<Read<Value>(const std::string&)> one_of(std::vector<std::pair<std::string, Value>> words) {
    return [words = std::move(words)](const std::string& text) -> Read<Value> {
        std::string known;
        for (const auto& [word, value] : words) {
            if (word == text) return value;
            known += (known.empty() ? "" : ", ") + word;
        }
        return tl::unexpected("`" + text + "`, expected one of " + known);
    };
}

template <typename Value>
std::function<Read<Value>(const std::string&)> whole_number(Value least, Value greatest) {
    return [=](const std::string& text) -> Read<Value> {
        Value value{};
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size() || value < least || value > greatest) {
            return tl::unexpected("`" + text + "`, expected a whole number from " + std::to_string(least) + " to " +
                                  std::to_string(greatest));
        }
        return value;
    };
}

}  // namespace bully::net
