#include "sim/sweep/scales.hpp"

#include <algorithm>
#include <numeric>

namespace bully::sim {

std::string PlotUnit::title(const std::string& what) const { return name.empty() ? what : what + " (" + name + ")"; }

PlotUnit unit_of_times(double greatest_ns) {
    if (greatest_ns >= 2e9) return {1e9, "s"};
    return greatest_ns >= 2e6 ? PlotUnit{1e6, "ms"} : PlotUnit{1e3, "us"};
}

PlotAxis::Scale scale_for(const std::vector<double>& values) {
    if (values.empty()) return PlotAxis::Scale::linear;
    constexpr double far = 20;
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    return *least > 0 && *greatest >= far * *least ? PlotAxis::Scale::logarithmic : PlotAxis::Scale::linear;
}

Abscissa::Abscissa(const Axis& source) : order(source.values.size()) {
    std::iota(order.begin(), order.end(), std::size_t{0});
    axis.title = source.path;
    std::vector<Quantity> quantities;
    for (const auto& text : source.values) {
        if (const auto quantity = parse_quantity(text)) quantities.push_back(*quantity);
    }
    const auto alike = [&](const Quantity& quantity) { return quantity.unit == quantities.front().unit; };
    if (quantities.size() < source.values.size() || !std::all_of(quantities.begin(), quantities.end(), alike)) {
        axis.categories = source.values;
        for (const auto i : order) places.push_back(static_cast<double>(i));
        return;
    }
    for (const auto& quantity : quantities) places.push_back(static_cast<double>(quantity.value));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return places[a] < places[b]; });
    PlotUnit unit;
    switch (quantities.front().unit) {
        case Quantity::Unit::none: break;
        case Quantity::Unit::time: unit = unit_of_times(places[order.back()]); break;
        case Quantity::Unit::percent: unit.divisor = 1e8; break;  // millionths of a percent, as parts of 1
    }
    axis.percent = quantities.front().unit == Quantity::Unit::percent;
    axis.title = unit.title(source.path);
    for (auto& place : places) place /= unit.divisor;
    axis.scale = scale_for(places);
    axis.extent = {places[order.front()], places[order.back()]};
    constexpr std::size_t few = 12;
    // Ticks only at the values: between whole numbers there is nothing, such as 3.5 processes.
    const bool whole = quantities.front().unit == Quantity::Unit::none;
    if ((whole || axis.scale == PlotAxis::Scale::logarithmic) && places.size() <= few) {
        for (const auto i : order) axis.ticks.push_back(places[i]);
    }
}

}  // namespace bully::sim
