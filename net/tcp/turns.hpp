// How many connections a program opens at once: those above the limit wait for their turn, first come first served.
//
// A group of n in one program has n² messages to send at its start. Each takes two descriptors of the program, and some
// kilobytes while it lasts; a message that waits takes some hundred bytes.
#pragma once

#include "net/tcp/tcp.hpp"

#include <cstddef>
#include <functional>
#include <memory>

namespace bully::net {

class Turns {
  private:
    struct State;

  public:
    /// The right to a connection. Its end lets the next one go.
    class Turn {
      public:
        explicit Turn(std::shared_ptr<State> state) : state_(std::move(state)) {}
        Turn(Turn&&) = default;
        Turn& operator=(Turn&&) = delete;
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn();  // NOLINT(bugprone-exception-escape)

      private:
        std::shared_ptr<State> state_;
    };
    using Go = std::function<void(Turn)>;

    /// Requires: most > 0.
    Turns(asio::io_context& context, std::size_t most);
    /// As close().
    ~Turns();
    Turns(const Turns&) = delete;
    Turns& operator=(const Turns&) = delete;

    /// Calls `go` when it has its turn; never within this call: what a step of a node starts must not end within that
    /// step, and a connection may fail at once.
    void take(Go go);
    /// Forgets whoever waits.
    void close();

    [[nodiscard]] std::size_t most() const;
    [[nodiscard]] std::size_t waiting() const;

  private:
    std::shared_ptr<State> state_;
};

}  // namespace bully::net
