#include "sim/scenario/values.hpp"

#include "sim/util/controls.hpp"
#include "sim/util/counted.hpp"
#include "sim/util/fingerprint.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace bully::sim {
namespace {

constexpr auto time_expected = "a time with a unit, such as 500ms, 1.5s or 2min";
constexpr std::size_t max_samples = 1'000'000;

std::string at_most_a_year() { return "at most a year: " + bully::to_string(longest_time); }

}  // namespace

std::string value_text(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::null: return node.text.empty() ? "no value" : "`" + excerpt(node.text) + "` has no value";
        case YamlNode::Kind::scalar: return "`" + excerpt(node.text) + "`";
        case YamlNode::Kind::sequence: return "a list";
        case YamlNode::Kind::map: return "a map";
    }
    return "";
}

std::optional<Duration> ValueReader::duration(const YamlNode& node, bool zero_allowed) {
    const auto value = node.is_scalar() ? parse_duration(node.text) : std::nullopt;
    if (!value) {
        diagnostics_.add(node, value_text(node), time_expected);
        return std::nullopt;
    }
    if (*value > longest_time) {
        diagnostics_.add(node, value_text(node), at_most_a_year());
        return std::nullopt;
    }
    if (!zero_allowed && *value == Duration::zero()) {
        diagnostics_.add(node, value_text(node), "a time above zero");
        return std::nullopt;
    }
    return value;
}

std::optional<DurationRange> ValueReader::range(const YamlNode& node) {
    if (!node.is_sequence()) {
        const auto value = duration(node);
        return value ? std::optional(DurationRange{*value, *value}) : std::nullopt;
    }
    if (node.items.size() != 2) {
        diagnostics_.add(node, "a list of " + counted(node.items.size(), "value"), "two times: [least, most]");
        return std::nullopt;
    }
    const auto min = duration(node.items[0]);
    const auto max = duration(node.items[1]);
    if (!min || !max) return std::nullopt;
    if (*min > *max) {
        diagnostics_.add(node, "a range from " + bully::to_string(*min) + " down to " + bully::to_string(*max),
                         "the shorter time first");
        return std::nullopt;
    }
    return DurationRange{*min, *max};
}

std::optional<std::uint64_t> ValueReader::integer(const YamlNode& node, std::uint64_t min, std::uint64_t max,
                                                  std::string_view what) {
    std::uint64_t value = 0;
    bool ok = node.is_scalar() && !node.text.empty();
    if (ok) {
        const auto* end = node.text.data() + node.text.size();
        const auto [stop, error] = std::from_chars(node.text.data(), end, value);
        ok = error == std::errc{} && stop == end && value >= min && value <= max;
    }
    if (!ok) {
        diagnostics_.add(node, value_text(node),
                         std::string(what) + " from " + std::to_string(min) + " to " + std::to_string(max));
        return std::nullopt;
    }
    return value;
}

std::optional<std::uint64_t> ValueReader::probability(const YamlNode& node) {
    constexpr std::int64_t one_percent = 1'000'000;
    std::optional<std::int64_t> percent;
    if (node.is_scalar() && node.text.size() > 1 && node.text.back() == '%') {
        percent = scaled_decimal(std::string_view(node.text).substr(0, node.text.size() - 1), one_percent);
    }
    if (!percent || *percent > 100 * one_percent) {
        diagnostics_.add(node, value_text(node), "a percentage such as 0.5%, from 0% to 100%");
        return std::nullopt;
    }
    return (static_cast<std::uint64_t>(*percent) << 32U) / (100 * one_percent);
}

std::optional<double> ValueReader::positive(const YamlNode& node) {
    const auto value = node.is_scalar() ? scaled_decimal(node.text, 1'000'000) : std::nullopt;
    if (!value || *value <= 0 || *value > 1'000'000'000) {
        diagnostics_.add(node, value_text(node), "a number above 0 and up to 1000, such as 0.5");
        return std::nullopt;
    }
    return static_cast<double>(*value) / 1e6;
}

std::optional<bool> ValueReader::flag(const YamlNode& node) {
    const auto found = choice(node, {"on", "off", "true", "false"});
    return found ? std::optional(*found % 2 == 0) : std::nullopt;
}

std::optional<std::size_t> ValueReader::choice(const YamlNode& node, const std::vector<std::string_view>& words) {
    if (node.is_scalar()) {
        const auto found = std::find(words.begin(), words.end(), node.text);
        if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    }
    std::string expected;
    const auto meant = node.is_scalar() ? nearest(node.text, words) : std::nullopt;
    if (meant) {
        expected = "`" + std::string(*meant) + "` perhaps";
    } else {
        for (const auto word : words) expected += (expected.empty() ? "" : ", ") + std::string(word);
        expected = words.size() > 1 ? "one of " + expected : "`" + expected + "`";
    }
    diagnostics_.add(node, value_text(node), expected);
    return std::nullopt;
}

std::optional<std::string> ValueReader::text(const YamlNode& node, bool lines) {
    if (!node.is_scalar() || node.text.empty()) {
        diagnostics_.add(node, value_text(node), "a text");
        return std::nullopt;
    }
    // It would reach the terminal.
    auto control = find_control(node.text);
    while (lines && control.code == '\n') control = find_control(node.text, control.offset + 1);
    if (control.found()) {
        diagnostics_.add(node, "a text with a control character, " + to_string(control), "printable characters only");
        return std::nullopt;
    }
    return node.text;
}

std::optional<Comparison> ValueReader::comparison(const YamlNode& node) {
    using Operator = Comparison::Operator;
    static constexpr std::array<std::pair<std::string_view, Operator>, 6> operators{{{"<=", Operator::less_equal},
                                                                                     {">=", Operator::greater_equal},
                                                                                     {"==", Operator::equal},
                                                                                     {"!=", Operator::not_equal},
                                                                                     {"<", Operator::less},
                                                                                     {">", Operator::greater}}};
    Comparison result;
    std::string_view rest = node.is_scalar() ? std::string_view(node.text) : std::string_view{};
    for (const auto& [text, op] : operators) {
        if (!rest.starts_with(text)) continue;
        result.op = op;
        rest.remove_prefix(text.size());
        break;
    }
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), result.value);
    if (rest.empty() || error != std::errc{} || stop != rest.data() + rest.size() || result.value < 0) {
        diagnostics_.add(node, value_text(node), "a count, or a comparison such as \"<= 20\"");
        return std::nullopt;
    }
    if (result.op == Operator::greater_equal && result.value == 0) {
        diagnostics_.add(node, value_text(node) + " always holds", "a count above zero, such as \">= 1\"");
        return std::nullopt;
    }
    return result;
}

std::vector<std::string_view> message_type_names() {
    std::vector<std::string_view> names;
    for (std::size_t type = 0; type < message_type_count; ++type) {
        names.push_back(to_string(static_cast<MessageType>(type)));
    }
    return names;
}

std::optional<MessageType> ValueReader::message_type(const YamlNode& node) {
    const auto found = choice(node, message_type_names());
    return found ? std::optional(static_cast<MessageType>(*found)) : std::nullopt;
}

std::optional<Delay> ValueReader::delay(const YamlNode& node) {
    if (!node.is_map()) {
        if (!node.is_scalar() || !parse_duration(node.text)) {
            diagnostics_.add(node, value_text(node),
                             "a time such as 5ms, or a distribution such as {uniform: [1ms, 10ms]}");
            return std::nullopt;
        }
        const auto value = duration(node);
        return value ? std::optional(Delay::constant(*value)) : std::nullopt;
    }
    const Fields fields(node, "a delay", {"uniform", "exponential", "normal", "lognormal", "pareto", "empirical"},
                        diagnostics_);
    if (node.items.size() != 2) {
        diagnostics_.add(node, counted(node.items.size() / 2, "distribution") + " for one delay", "exactly one");
        return std::nullopt;
    }
    return distribution(node.items[0], node.items[1]);
}

std::optional<Delay> ValueReader::distribution(const YamlNode& kind, const YamlNode& value) {
    if (kind.text == "uniform") {
        const auto bounds = range(value);
        return bounds ? std::optional(Delay::uniform(bounds->min, bounds->max)) : std::nullopt;
    }
    if (kind.text == "empirical") return empirical(value);
    const bool has_min = kind.text == "exponential" || kind.text == "normal";
    const auto known = [&]() -> std::vector<std::string_view> {
        if (kind.text == "exponential") return {"mean", "min", "max"};
        if (kind.text == "normal") return {"mean", "deviation", "min", "max"};
        if (kind.text == "lognormal") return {"median", "sigma", "max"};
        if (kind.text == "pareto") return {"min", "shape", "max"};
        return {};
    }();
    if (known.empty()) return std::nullopt;  // unknown, and reported
    const Fields fields(value, "`" + kind.text + "`", known, diagnostics_);
    const auto time = [&](std::string_view key) -> std::optional<Duration> {
        const auto* node = fields.need(key);
        return node != nullptr ? duration(*node) : std::nullopt;
    };
    const auto number = [&](std::string_view key) -> std::optional<double> {
        const auto* node = fields.need(key);
        return node != nullptr ? positive(*node) : std::nullopt;
    };
    std::optional<Duration> min = Duration::zero();
    if (has_min && fields.has("min")) min = duration(*fields.get("min"));
    std::optional<Delay> result;
    if (kind.text == "exponential") {
        const auto mean = time("mean");
        if (mean && min) result = Delay::exponential(*mean, *min);
    } else if (kind.text == "normal") {
        const auto mean = time("mean");
        const auto deviation = time("deviation");
        if (mean && deviation && min) result = Delay::normal(*mean, *deviation, *min);
    } else if (kind.text == "lognormal") {
        const auto median = time("median");
        const auto sigma = number("sigma");
        if (median && sigma) result = Delay::lognormal(*median, *sigma);
    } else {
        const auto least = time("min");
        const auto shape = number("shape");
        if (least && shape) result = Delay::pareto(*least, *shape);
    }
    if (const auto* cap = fields.get("max")) {
        const auto max = duration(*cap);
        if (max && result && *max < result->shortest()) {
            diagnostics_.add(*cap, "`max` is below the shortest delay",
                             "at least " + bully::to_string(result->shortest()));
            return std::nullopt;
        }
        if (max && result) result = result->capped(*max);
    }
    return result;
}

std::optional<Delay> ValueReader::empirical(const YamlNode& value) {
    if (!value.is_sequence()) {
        const auto name = text(value);
        if (!name) return std::nullopt;
        return measured(value, name->starts_with('/') || folder_.empty() ? *name : folder_ + "/" + *name);
    }
    std::vector<Duration> samples;
    for (const auto& item : value.items) {
        const auto sample = duration(item);
        if (!sample) return std::nullopt;
        samples.push_back(*sample);
    }
    if (samples.empty()) {
        diagnostics_.add(value, "an empty list of delays", "at least one time");
        return std::nullopt;
    }
    return Delay::empirical(std::move(samples));
}

std::optional<Delay> ValueReader::measured(const YamlNode& value, const std::string& path) {
    const auto is_it = [&](const auto& file) { return file->path == path; };
    if (const auto own = std::ranges::find_if(files_, is_it); own != files_.end()) return (*own)->delay;
    const auto known = std::ranges::find_if(known_, is_it);
    auto file = known != known_.end() ? *known : read_delays(value, path);
    if (!file) return std::nullopt;
    files_.push_back(std::move(file));
    return files_.back()->delay;
}

std::shared_ptr<const DelayFile> ValueReader::read_delays(const YamlNode& value, const std::string& path) {
    std::ifstream file(path);
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error) || !file) {
        diagnostics_.add(value, "`" + path + "` can't be read", "a file with one time per line");
        return nullptr;
    }
    Fingerprint digest;
    std::vector<Duration> samples;
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
        digest.add_text(line);
        digest.add(line.size(), file.eof() ? 1 : 0);  // without an end of line
        line.erase(std::min(line.find('#'), line.size()));
        line.erase(0, line.find_first_not_of(" \t\r"));
        line.erase(line.find_last_not_of(" \t\r") + 1);
        if (line.empty()) continue;
        const auto sample = parse_duration(line);
        if (!sample || *sample > longest_time) {
            diagnostics_.add(value, path + ":" + std::to_string(number) + ": `" + excerpt(line) + "`",
                             sample ? at_most_a_year() : time_expected);
            return nullptr;
        }
        samples.push_back(*sample);
        if (samples.size() > max_samples) {
            diagnostics_.add(value, "`" + path + "` has too many delays", "at most " + std::to_string(max_samples));
            return nullptr;
        }
    }
    if (samples.empty()) {
        diagnostics_.add(value, "`" + path + "` has no delays", "at least one time");
        return nullptr;
    }
    return std::make_shared<DelayFile>(DelayFile{path, Delay::empirical(std::move(samples)), digest.value()});
}

}  // namespace bully::sim
