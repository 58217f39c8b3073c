// The elements of an SVG document that charts are made of, and the style sheet for them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bully::sim {

/// Coordinates are pixels, written with one decimal. Classes are those of the style sheet in svg.cpp.
class Svg {
  public:
    enum class Marker : std::uint8_t { circle, square, diamond, triangle };

    /// `description`: the text for screen readers.
    Svg(double width, double height, std::string_view description);

    /// A path with the attribute d = `data`.
    void path(std::string_view data, std::string_view classes);
    void rectangle(double x, double y, double width, double height, std::string_view classes);
    void marker(double x, double y, Marker marker, std::string_view classes);
    /// Any text in UTF-8, on one line.
    void text(double x, double y, std::string_view classes, std::string_view text);
    /// A text that is turned around (x, y) by `degrees`, upwards to the right.
    void slanted_text(double x, double y, double degrees, std::string_view classes, std::string_view text);

    /// The whole document.
    [[nodiscard]] std::string finish() &&;

  private:
    std::string document_;
};

}  // namespace bully::sim
