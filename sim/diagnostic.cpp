#include "sim/diagnostic.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace bully::sim {

std::string to_string(const Diagnostic& diagnostic) {
    auto text = fmt::format("{}:{}:{}: {}", diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.what);
    if (!diagnostic.expected.empty()) text += ", expected " + diagnostic.expected;
    return text;
}

void Problems::add(Position at, std::string what, std::string expected) {
    add_in(file_, at, std::move(what), std::move(expected));
}

void Problems::add_in(const std::string& file, Position at, std::string what, std::string expected) {
    if (full()) {
        ++dropped_;
        return;
    }
    kept_.push_back({file, at.line, at.column, std::move(what), std::move(expected)});
}

std::vector<Diagnostic> Problems::sorted() const {
    auto all = kept_;
    std::stable_sort(all.begin(), all.end(), [&](const Diagnostic& a, const Diagnostic& b) {
        const auto key = [&](const Diagnostic& d) {
            return std::tuple(d.file != file_, std::string_view(d.file), d.line, d.column);
        };
        return key(a) < key(b);
    });
    if (dropped_ > 0) {
        const auto& last = all.back();
        all.push_back({last.file, last.line, last.column, fmt::format("{} more problems not shown", dropped_), ""});
    }
    return all;
}

}  // namespace bully::sim
