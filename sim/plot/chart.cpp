#include "sim/plot/chart.hpp"

#include "sim/plot/area.hpp"
#include "sim/plot/svg.hpp"
#include "sim/plot/text_width.hpp"
#include "sim/util/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace bully::sim {
namespace {

// Pixels.
constexpr double image_width = 800;
constexpr double text_left = 24;
constexpr double text_room = image_width - 2 * text_left;
constexpr double legend_row = 22;

std::string subtitle_of(const Chart& chart) {
    if (chart.name.empty()) return chart.subtitle;
    const auto rest = ", " + chart.subtitle;
    const auto room = characters_in(text_room);
    return shortened({chart.name}, room - std::min(shown_length(rest), room)).front() + rest;
}

class ChartWriter {
  public:
    ChartWriter(const Chart& chart, double top)
        : chart_(chart),
          title_(top + 34),
          legend_(legend(chart, title_ + (chart.subtitle.empty() ? 26 : 47))),
          area_(chart, (legend_.empty() ? title_ : legend_.back().y) + 40) {
        if (chart.x.categories.empty()) return;
        names_.emplace(chart.x.categories, area_.apart(), area_.x()(0));
        below_ = names_->height;
    }

    [[nodiscard]] double bottom() const { return area_.bottom() + below_ + 53; }

    void write(Svg& svg) const {
        svg.text(text_left, title_, "title", chart_.title);
        if (!chart_.subtitle.empty()) svg.text(text_left, title_ + 21, "soft", subtitle_of(chart_));
        const bool empty = std::none_of(chart_.series.begin(), chart_.series.end(),
                                        [&](const PlotSeries& series) { return area_.visible(series); });
        if (empty && !chart_.why_empty.empty()) {
            svg.text(middle, area_.bottom() - PlotArea::height / 2, "label middle", chart_.why_empty);
            return;
        }
        write_legend(svg);
        write_axes(svg);
        for (const auto& band : chart_.bands) area_.write(svg, band);
        for (const auto& series : chart_.series) area_.write(svg, series);
        write_remarks(svg);
    }

  private:
    static constexpr double middle = (PlotArea::left + PlotArea::right) / 2;

    struct Entry {
        std::string name;
        const PlotSeries* series = nullptr;
        const PlotBand* band = nullptr;
        double x = 0;
        double y = 0;

        [[nodiscard]] double key() const { return series == nullptr && band == nullptr ? 0 : PlotArea::key_width + 8; }
    };

    // A series without marks is named, for a reader would miss it; a band without marks isn't.
    static std::vector<Entry> legend(const Chart& chart, double top) {
        const PlotArea area(chart, 0);
        std::vector<Entry> entries;
        // Lines before bands: from the most important to the least.
        for (const auto& series : chart.series) {
            const bool visible = area.visible(series);
            entries.push_back({series.name + (visible ? "" : ": none"), visible ? &series : nullptr});
        }
        for (const auto& band : chart.bands) {
            if (area.visible(band)) entries.push_back({band.name, nullptr, &band});
        }
        std::vector<std::string> names;
        names.reserve(entries.size());
        for (const auto& entry : entries) names.push_back(entry.name);
        names = shortened(names, characters_in(text_room - PlotArea::key_width - 8));
        auto x = text_left;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            auto& entry = entries[i];
            entry.name = names[i];
            const auto wide = entry.key() + text_width(entry.name) + 18;
            if (x > text_left && x + wide > text_left + text_room) {
                x = text_left;
                top += legend_row;
            }
            entry.x = x;
            entry.y = top;
            x += wide;
        }
        return entries;
    }

    void write_legend(Svg& svg) const {
        for (const auto& entry : legend_) {
            if (entry.series != nullptr) area_.write_key(svg, entry.x, entry.y - 4.5, *entry.series);
            if (entry.band != nullptr) area_.write_key(svg, entry.x, entry.y - 4.5, *entry.band);
            svg.text(entry.x + entry.key(), entry.y, "key", entry.name);
        }
    }

    void write_axes(Svg& svg) const {
        std::string major;
        std::string minor;
        for (const auto& tick : area_.y().ticks()) {
            const auto y = area_.y()(tick.value);
            auto& grid = tick.label.empty() ? minor : major;
            grid += fmt::format("M{:.1f} {:.1f}H{:.1f}", PlotArea::left, y, PlotArea::right);
            if (!tick.label.empty()) svg.text(PlotArea::left - 9, y + 4, "tick end", tick.label);
        }
        if (!minor.empty()) svg.path(minor, "minor");
        if (!major.empty()) svg.path(major, "grid");
        std::string marks = fmt::format("M{:.1f} {:.1f}H{:.1f}", PlotArea::left, area_.bottom(), PlotArea::right);
        for (const auto& tick : area_.x().ticks()) {
            marks +=
                fmt::format("M{:.1f} {:.1f}v{}", area_.x()(tick.value), area_.bottom(), tick.label.empty() ? 3 : 6);
        }
        if (names_) {
            write_names(svg);
        } else {
            write_numbers(svg);
        }
        svg.path(marks, "axis");
        svg.text(middle, area_.bottom() + below_ + 31, "label middle", chart_.x.title);
        svg.text(text_left, area_.bottom() - PlotArea::height - 16, "label", chart_.y.title);
    }

    // A label that would touch the one before it is left out; the last one always stays.
    void write_numbers(Svg& svg) const {
        double free_from = -image_width;
        const auto& ticks = area_.x().ticks();
        const auto half_of = [](const std::string& label) { return text_width(label) / 2 + 3; };
        for (const auto& tick : ticks) {
            const auto x = area_.x()(tick.value);
            const auto half = half_of(tick.label);
            if (tick.label.empty() || x - half < free_from) continue;
            const auto& last = ticks.back();
            const bool last_touches =
                &tick != &last && !last.label.empty() && x + half > area_.x()(last.value) - half_of(last.label);
            if (last_touches) continue;
            svg.text(x, area_.bottom() + 21, "tick middle", tick.label);
            free_from = x + half;
        }
    }

    void write_names(Svg& svg) const {
        for (std::size_t i = 0; i < names_->lines.size(); ++i) {
            const auto x = area_.x()(static_cast<double>(i));
            auto y = area_.bottom() + 21;
            for (const auto& line : names_->lines[i]) {
                if (names_->slanted) {
                    svg.slanted_text(x + 4, y - 6, CategoryLabels::slant, "tick end", line);
                } else {
                    svg.text(x, y, "tick middle", line);
                }
                y += CategoryLabels::line_height;
            }
        }
    }

    void write_remarks(Svg& svg) const {
        double free_from = 0;
        for (const auto& remark : chart_.remarks) {
            const auto x = area_.x()(remark.x);
            if (x < free_from) continue;
            // Beside the labels of the other axis, not on top of them.
            svg.slanted_text(std::max(x + 4, PlotArea::left + 12), area_.bottom() - 8, 90, "tick", remark.text);
            free_from = x + CategoryLabels::line_height;
        }
    }

    const Chart& chart_;
    double title_;
    std::vector<Entry> legend_;
    PlotArea area_;
    std::optional<CategoryLabels> names_;         // in place of numbers
    double below_ = CategoryLabels::line_height;  // the height of the labels below the axis
};

}  // namespace

std::string to_svg(const std::vector<Chart>& charts) {
    std::vector<ChartWriter> writers;
    double height = 0;
    for (const auto& chart : charts) {
        writers.emplace_back(chart, height);
        height = writers.back().bottom();
    }
    std::string titles;
    for (const auto& chart : charts) titles += (titles.empty() ? "" : "; ") + chart.title;
    Svg svg(image_width, height, titles);
    for (const auto& writer : writers) writer.write(svg);
    return std::move(svg).finish();
}

}  // namespace bully::sim
