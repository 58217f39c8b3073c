// A line of JSON in the making: an event of a log, for programs.
#pragma once

#include "core/process_id.hpp"
#include "core/record/trace.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bully::net {

class JsonLine {
  public:
    /// `unix_us`: microseconds since 1970.
    JsonLine(std::string_view event, std::int64_t unix_us) {
        text("event", event).raw("time", fmt::format("{}.{:06}", unix_us / 1'000'000, unix_us % 1'000'000));
    }

    /// `value` is JSON.
    JsonLine& raw(std::string_view key, std::string_view value) {
        if (!fields_.empty()) fields_ += ',';
        append_json_string(fields_, key);
        fields_ += ':';
        fields_ += value;
        return *this;
    }
    JsonLine& text(std::string_view key, std::string_view value) {
        std::string quoted;
        append_json_string(quoted, value);
        return raw(key, quoted);
    }
    JsonLine& number(std::string_view key, std::uint64_t value) { return raw(key, std::to_string(value)); }
    JsonLine& pid(std::string_view key, const std::optional<ProcessId>& value) { return raw(key, as_json(value)); }

    [[nodiscard]] static std::string as_json(const std::optional<ProcessId>& pid) {
        return pid ? fmt::format("[{},{}]", pid->days, pid->student_id) : "null";
    }
    /// Without the line's end.
    [[nodiscard]] std::string finish() const { return "{" + fields_ + "}"; }

  private:
    std::string fields_;
};

}  // namespace bully::net
