// Output of lines to a reader that may stop: a full pipe, a stopped pager, a terminal after Ctrl-S. The writer never
// waits: a leader that waited for the reader of its log would be deposed. Lines that don't fit are dropped and counted.
#pragma once

#include "core/timing.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <streambuf>
#include <string>

namespace bully::net {

class LineOutput {
  public:
    struct Options {
        /// Bytes kept for a slow reader.
        std::size_t kept = std::size_t{64} << 10U;
        /// The line that replaces this many dropped lines. Without it the output ends at the first dropped line, as
        /// later ones would be of no use.
        std::function<std::string(std::uint64_t lines)> gap;
        /// Called with the reason when nothing more will be written: at most once, from any thread.
        std::function<void(const std::string& why)> on_end;
    };

    /// Writes to a duplicate of `descriptor`. If no descriptor is free for that, `descriptor` has to stay open until
    /// the program ends: a reader that stops may keep the writing thread waiting for ever.
    LineOutput(int descriptor, Options options);
    /// Calls finish().
    ~LineOutput();
    LineOutput(const LineOutput&) = delete;
    LineOutput& operator=(const LineOutput&) = delete;

    /// A stream whose text goes out at each flush. Requires: whole lines at each flush, one thread.
    [[nodiscard]] std::ostream& stream() { return stream_; }

    /// Writes whole lines; thread-safe.
    void write(std::string lines);

    struct Lost {
        std::uint64_t lines = 0;  ///< Lost lines that no gap line accounts for.
        std::string why;          ///< Empty if no line is lost.
    };
    /// Ends the output: waits while the reader goes on, then drops the rest. Returns what was lost.
    Lost finish();

  private:
    struct State;
    class Buffer : public std::streambuf {
      public:
        explicit Buffer(LineOutput& output) : output_(output) {}

      protected:
        int_type overflow(int_type c) override;
        std::streamsize xsputn(const char* text, std::streamsize count) override;
        int sync() override;

      private:
        LineOutput& output_;
        std::string text_;
    };

    std::shared_ptr<State> state_;
    Buffer buffer_;
    std::ostream stream_;
};

}  // namespace bully::net
