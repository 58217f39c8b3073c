// Lines for somebody who may not read them: a pipe that is full, a stopped pager, a terminal after Ctrl-S. Who writes
// them never waits: a leader that waits for the reader of its log is deposed. What can't be kept is dropped and
// counted.
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
        /// Bytes that are kept for the reader.
        std::size_t kept = std::size_t{64} << 10U;
        /// What is said in the place of so many lines; nothing: no line after a dropped one is of use, and the output
        /// ends with the first.
        std::function<std::string(std::uint64_t lines)> gap;
        /// Called once, in whatever thread, when nothing more will be written, with the reason.
        std::function<void(const std::string& why)> on_end;
    };

    /// Writes to a duplicate of `descriptor`, if a free descriptor can be had; without one, `descriptor` has to stay
    /// open until the program ends, as a reader that stops may keep the writing thread waiting for ever.
    LineOutput(int descriptor, Options options);
    /// As finish().
    ~LineOutput();
    LineOutput(const LineOutput&) = delete;
    LineOutput& operator=(const LineOutput&) = delete;

    /// What is written here goes out at each flush. Requires: whole lines then.
    [[nodiscard]] std::ostream& stream() { return stream_; }

    /// Whole lines, from any thread.
    void write(std::string lines);

    struct Lost {
        std::uint64_t lines = 0;  ///< That no line of the output tells of.
        std::string why;          ///< Empty if there are none.
    };
    /// Nothing is written any more: waits for what was, as long as somebody reads on. What was lost.
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
