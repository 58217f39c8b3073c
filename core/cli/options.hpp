// What the command lines of all programs have in common, on CLI11: one form of help, of options, of messages.
#pragma once

#include "core/cli/values.hpp"

#include <CLI/CLI.hpp>

#include <concepts>
#include <string>
#include <utility>
#include <vector>

namespace bully::cli {

/// The lines for people when the arguments of `app` are wrong, and where to look.
[[nodiscard]] std::string usage_text(const CLI::App& app, const std::string& why);

/// Messages as above, and help that begins with `examples`. Each may be empty; an empty `usage` is CLI11's. Commands of
/// `app` have to be added later.
void set_up(CLI::App& app, std::string examples, std::string usage = {});

/// An option whose text `read` turns into the value of `target`, or into what is wrong with it. `type` is how help
/// calls the value.
template <typename Target, typename Reader>
CLI::Option* add(CLI::App& app, const std::string& name, Target& target, Reader read, const std::string& what,
                 const std::string& type) {
    const auto store = [&target, name, read = std::move(read)](const std::string& text) {
        auto value = read(text);
        if (!value) throw CLI::ValidationError(name, value.error());
        target = *std::move(value);
    };
    return app.add_option_function<std::string>(name, store, what)->option_text(type);
}

// Readers for `add`.

template <typename Value>
[[nodiscard]] auto one_of(std::vector<std::pair<std::string, Value>> words) {
    return [words = std::move(words)](const std::string& text) -> Read<Value> {
        std::string known;
        for (const auto& [word, value] : words) {
            if (word == text) return value;
            known += (known.empty() ? "" : ", ") + word;
        }
        return wrong(text, "one of " + known);
    };
}

template <std::integral Number>
[[nodiscard]] auto whole_number(Number least, Number greatest) {
    return [=](const std::string& text) { return read_whole_number(text, least, greatest); };
}

[[nodiscard]] inline auto duration(Duration least = Duration{1}) {
    return [=](const std::string& text) { return read_duration(text, least); };
}

}  // namespace bully::cli
