#include "sim/scenario/parts.hpp"
#include "sim/scenario/property.hpp"

#include <algorithm>
#include <array>

namespace bully::sim {
namespace {

constexpr std::array<std::string_view, 6> expectation_kinds{"leader",    "agreement_within", "messages",
                                                            "elections", "no_election",      "violated"};

std::optional<Time> read_time(Reading& reading, const YamlNode& node) {
    const auto at = reading.values.duration(node);
    if (at && *at > reading.scenario.duration) {
        reading.diagnostics.add(node, node.text + " is after the end of the run",
                                "at most " + bully::to_string(reading.scenario.duration));
    }
    return at;
}

std::optional<ExpectationKind> read_leader(Reading& reading, const YamlNode& node, const Fields& fields) {
    const auto ref = read_ref(reading, node);
    if (ref && (ref->kind == ProcessRef::Kind::leader || ref->kind == ProcessRef::Kind::random)) {
        reading.diagnostics.add(node, "`" + node.text + "` doesn't say which leader", "a process, highest or lowest");
        return std::nullopt;
    }
    const auto* at = fields.need("at");
    const auto time = at != nullptr ? read_time(reading, *at) : std::nullopt;
    if (!ref || !time) return std::nullopt;
    return expectation::LeaderAt{*time, *ref};
}

std::optional<ExpectationKind> read_messages(Reading& reading, const YamlNode& node) {
    const Fields fields(node, "`messages`", message_type_names(), reading.diagnostics);
    if (!node.is_map()) return std::nullopt;
    if (node.items.empty()) {
        reading.diagnostics.add(node, "`messages` is empty", "at least one count, such as {PROBE: \"> 0\"}");
    }
    expectation::Messages messages;
    for (std::size_t i = 0; i + 1 < node.items.size(); i += 2) {
        for (std::size_t type = 0; type < message_type_count; ++type) {
            if (node.items[i].text != to_string(static_cast<MessageType>(type))) continue;
            if (const auto count = reading.values.comparison(node.items[i + 1])) {
                messages.counts.emplace_back(static_cast<MessageType>(type), *count);
            }
        }
    }
    return messages;
}

std::optional<ExpectationKind> read_violated(Reading& reading, const YamlNode& node) {
    if (!node.is_scalar() ||
        std::ranges::find(all_properties, node.text, &NamedProperty::name) == all_properties.end()) {
        reading.diagnostics.add(node, (node.is_scalar() ? "no such property: " : "") + value_text(node),
                                std::string(property_range));
        return std::nullopt;
    }
    return expectation::Violated{node.text};
}

std::optional<ExpectationKind> read_reached(Reading& reading, const YamlNode& node) {
    std::vector<std::string_view> names;
    for (const auto& [name, about] : path_names()) names.push_back(name);
    const auto found = reading.values.choice(node, names);
    return found ? std::optional<ExpectationKind>(expectation::Reached{std::string(names[*found])}) : std::nullopt;
}

std::optional<ExpectationKind> read_no_election(Reading& reading, const YamlNode& node) {
    if (!node.is_sequence()) {
        reading.diagnostics.add(node, "`no_election` isn't a range of times", "[from, to], such as [5s, 10s]");
        return std::nullopt;
    }
    const auto range = reading.values.range(node);
    if (!range) return std::nullopt;
    // No election can start after the end of the run: the expectation would hold whatever happened.
    static_cast<void>(read_time(reading, node.items[1]));
    return expectation::NoElection{range->min, range->max};
}

std::optional<ExpectationKind> read_expectation_kind(Reading& reading, std::string_view kind, const YamlNode& node,
                                                     const Fields& fields) {
    if (kind == "leader") return read_leader(reading, node, fields);
    if (kind == "messages") return read_messages(reading, node);
    if (kind == "violated") return read_violated(reading, node);
    if (kind == "reached") return read_reached(reading, node);
    if (kind == "agreement_within") {
        const auto within = reading.values.duration(node);
        const auto* after = fields.get("after");
        const auto from = after != nullptr ? read_time(reading, *after) : Time::zero();
        if (!within || !from) return std::nullopt;
        return expectation::AgreementWithin{*within, *from};
    }
    if (kind == "elections") {
        const auto count = reading.values.comparison(node);
        return count ? std::optional<ExpectationKind>(expectation::Elections{*count}) : std::nullopt;
    }
    return read_no_election(reading, node);
}

void read_expectation(Reading& reading, const YamlNode& node) {
    std::vector<std::string_view> known(expectation_kinds.begin(), expectation_kinds.end());
    known.insert(known.end(), {"reached", "in", "at", "after"});
    const Fields fields(node, "an expectation", known, reading.diagnostics);
    if (!node.is_map()) return;
    std::vector<std::string_view> found;
    for (const auto kind : known) {
        if (kind != "in" && kind != "at" && kind != "after" && fields.has(kind)) found.push_back(kind);
    }
    if (found.size() != 1) {
        reading.diagnostics.add(node, "an expectation has " + kinds_text(found),
                                "one of leader, agreement_within, messages, elections, no_election, violated, reached");
        return;
    }
    const auto kind = found.front();
    const auto refuse = [&](std::string_view key, std::string_view only) {
        if (!fields.has(key) || kind == only) return;
        reading.diagnostics.add(fields.key_node(key),
                                "`" + std::string(key) + "` doesn't apply to `" + std::string(kind) + "`",
                                "it with `" + std::string(only) + "` only");
    };
    refuse("at", "leader");
    refuse("after", "agreement_within");

    Expectation expectation;
    expectation.text = to_flow(node);
    expectation.line = node.line;
    if (const auto* mode = fields.get("in")) {
        const auto which = reading.values.choice(*mode, {"strict", "robust"});
        if (which) expectation.mode = *which == 0 ? Mode::strict : Mode::robust;
    }
    const auto& value = *fields.get(kind);
    const bool list = kind == "reached" && value.is_sequence();
    if (list && value.items.empty()) reading.diagnostics.add(value, "an empty list", "at least one path");
    for (const auto* item = list ? value.items.data() : &value;
         item != (list ? value.items.data() + value.items.size() : &value + 1); ++item) {
        auto what = read_expectation_kind(reading, kind, *item, fields);
        if (!what) continue;
        expectation.what = std::move(*what);
        reading.scenario.expectations.push_back(expectation);
    }
}

}  // namespace

void read_expectations(Reading& reading, const YamlNode& node) {
    if (!node.is_sequence()) {
        reading.diagnostics.add(node, "`expect` isn't a list", "`- {at: 11s, leader: 4}`, ...");
        return;
    }
    for (const auto& item : node.items) read_expectation(reading, item);
}

}  // namespace bully::sim
