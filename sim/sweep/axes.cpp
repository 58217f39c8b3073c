#include "sim/sweep/axes.hpp"

#include "core/record/quantities.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>

namespace bully::sim {
namespace {

constexpr std::int64_t millionths = 1'000'000;

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc{} && stop == text.data() + text.size() && value >= 0 && text.front() != '-';
    return good ? std::optional(value) : std::nullopt;
}

std::string to_text(Quantity quantity) {
    switch (quantity.unit) {
        case Quantity::Unit::none: return std::to_string(quantity.value);
        case Quantity::Unit::time: return bully::to_string(Duration{quantity.value});
        case Quantity::Unit::percent: break;
    }
    auto fraction = std::to_string(millionths + quantity.value % millionths).substr(1);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return std::to_string(quantity.value / millionths) + (fraction.empty() ? "" : "." + fraction) + "%";
}

// from + (to - from) * i / (count - 1), to the nearest. Requires: from < to, count > 1.
std::int64_t spaced(std::int64_t from, std::int64_t to, std::int64_t i, std::int64_t count) {
    __extension__ using Wide = __int128;
    const Wide steps = count - 1;
    return from + static_cast<std::int64_t>((Wide{to - from} * i * 2 + steps) / (steps * 2));
}

// 1, 2 and 5 times each power of ten in between, and both ends.
std::vector<std::int64_t> preferred(std::int64_t from, std::int64_t to) {
    std::vector<std::int64_t> values{from};
    for (std::int64_t power = 1; power < to; power *= 10) {
        for (const auto digit : {1, 2, 5}) {
            const auto value = power * digit;
            if (value > from && value < to) values.push_back(value);
        }
        if (power > INT64_MAX / 100) break;
    }
    values.push_back(to);
    return values;
}

tl::expected<std::vector<std::string>, std::string> read_range(std::string_view text) {
    const auto dots = text.find("..");
    const auto colon = std::min(text.find(':', dots), text.size());
    const auto from = parse_quantity(text.substr(0, dots));
    const auto to = parse_quantity(text.substr(dots + 2, colon - dots - 2));
    const auto steps = colon == text.size() ? std::string_view{} : text.substr(colon + 1);
    if (!from || !to || from->unit != to->unit) {
        return tl::unexpected("`" + excerpt(text) +
                              "`, expected two whole numbers, times or percentages, as in 200ms..3s:8");
    }
    if (from->value >= to->value)
        return tl::unexpected("`" + excerpt(text) + "` isn't an ascending range, expected the lesser end first");
    std::vector<std::int64_t> values;
    if (colon == text.size()) {
        if (from->unit != Quantity::Unit::none) {
            return tl::unexpected("a range without a number of values, expected " + excerpt(text) + ":8, or :log");
        }
        if (to->value - from->value >= static_cast<std::int64_t>(max_axis_values)) {
            return tl::unexpected("more than " + std::to_string(max_axis_values) +
                                  " values, expected fewer: " + excerpt(text) + ":log, or :8 for eight values");
        }
        for (auto value = from->value; value <= to->value; ++value) values.push_back(value);
    } else if (steps == "log") {
        if (from->value == 0)
            return tl::unexpected("`" + excerpt(text) + "` begins at zero, expected a beginning above zero for :log");
        values = preferred(from->value, to->value);
    } else {
        const auto count = steps.empty() ? std::nullopt : whole(steps);
        if (!count || *count < 2 || *count > static_cast<std::int64_t>(max_axis_values)) {
            return tl::unexpected("`:" + excerpt(steps) + "`, expected :log, or a number of values from 2 to " +
                                  std::to_string(max_axis_values));
        }
        for (std::int64_t i = 0; i < *count; ++i) values.push_back(spaced(from->value, to->value, i, *count));
        values.erase(std::unique(values.begin(), values.end()), values.end());
    }
    std::vector<std::string> texts;
    texts.reserve(values.size());
    for (const auto value : values) texts.push_back(to_text({from->unit, value}));
    return texts;
}

// "3" and "03", "1s" and "1000ms", "x2" and "x2.0".
bool is_same(const std::string& a, const std::string& b) {
    if (a == b) return true;
    if (a.starts_with('x') && b.starts_with('x')) {
        const auto factor = scaled_decimal(a.substr(1), millionths);
        return factor && factor == scaled_decimal(b.substr(1), millionths);
    }
    const auto quantity = parse_quantity(a);
    return quantity && quantity == parse_quantity(b);
}

tl::expected<std::vector<std::string>, std::string> read_list(std::string_view text) {
    const auto list = read_value("[" + std::string(text) + "]");
    if (!list) return tl::unexpected(list.error());
    if (list->items.empty())
        return tl::unexpected(std::string("no value, expected one, or several separated by commas"));
    if (list->items.size() > max_axis_values) {
        return tl::unexpected(std::to_string(list->items.size()) + " values, expected at most " +
                              std::to_string(max_axis_values));
    }
    std::vector<std::string> texts;
    for (const auto& item : list->items) {
        auto value = item.kind == YamlNode::Kind::null ? std::string() : to_flow(item);
        if (value.empty()) return tl::unexpected(std::string("an empty value, expected one on each side of a comma"));
        const auto same =
            std::find_if(texts.begin(), texts.end(), [&](const auto& other) { return is_same(other, value); });
        if (same != texts.end()) {
            return tl::unexpected("`" + excerpt(value) + "` " +
                                  (*same == value ? "is given twice" : "is the same as `" + excerpt(*same) + "`") +
                                  ", expected it once");
        }
        texts.push_back(std::move(value));
    }
    return texts;
}

}  // namespace

std::optional<Quantity> parse_quantity(std::string_view text) {
    using Unit = Quantity::Unit;
    if (text.empty()) return std::nullopt;
    if (const auto value = whole(text)) return Quantity{Unit::none, *value};
    if (const auto time = parse_duration(text)) return Quantity{Unit::time, time->count()};
    if (text.back() != '%') return std::nullopt;
    const auto percent = scaled_decimal(text.substr(0, text.size() - 1), millionths);
    return percent ? std::optional(Quantity{Unit::percent, *percent}) : std::nullopt;
}

tl::expected<Axis, std::string> parse_axis(std::string_view text) {
    const auto split = parse_override(text, "--over",
                                      "KEY=VALUES, such as processes=3..1000:log, timing.answer_timeout=200ms..3s:8 or "
                                      "network.loss=0%,1%");
    if (!split) return tl::unexpected(split.error());
    if (split->path == "seed")
        return tl::unexpected(split->option + ": seeds can't be an axis, expected --seed and --seeds");
    const std::string_view values = split->value;
    const bool is_range = values.find("..") != std::string_view::npos && values.find(',') == std::string_view::npos &&
                          values.front() >= '0' && values.front() <= '9';
    auto read = is_range ? read_range(values) : read_list(values);
    if (!read) return tl::unexpected(split->option + ": " + read.error());
    return Axis{split->path, std::move(*read), split->option};
}

std::string axis_label(const std::vector<Axis>& axes, std::size_t axis) {
    const auto last_key = [](const Axis& a) { return a.path.substr(a.path.rfind('.') + 1); };
    const auto label = last_key(axes[axis]);
    const auto alike = std::count_if(axes.begin(), axes.end(), [&](const Axis& a) { return last_key(a) == label; });
    return alike == 1 ? label : axes[axis].path;
}

tl::expected<std::size_t, std::string> count_cells(const std::vector<Axis>& axes) {
    std::set<std::string_view> seen;
    std::size_t cells = 1;
    for (const auto& axis : axes) {
        if (!seen.insert(axis.path).second) {
            return tl::unexpected("`" + axis.path + "` is swept twice, expected one axis for it");
        }
        cells *= axis.values.size();
        if (cells > max_cells) {
            return tl::unexpected("more than " + std::to_string(max_cells) +
                                  " cells, expected fewer values on the axes");
        }
    }
    return cells;
}

std::vector<Override> cell_overrides(const std::vector<Axis>& axes, std::size_t cell) {
    std::vector<Override> overrides(axes.size());
    for (auto i = axes.size(); i-- > 0;) {
        overrides[i] = {axes[i].path, axes[i].values[cell % axes[i].values.size()], axes[i].option};
        cell /= axes[i].values.size();
    }
    return overrides;
}

}  // namespace bully::sim
