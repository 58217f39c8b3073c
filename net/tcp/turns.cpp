#include "net/tcp/turns.hpp"

#include <boost/asio/post.hpp>

#include <array>
#include <cassert>
#include <deque>
#include <utility>

namespace bully::net {

struct Turns::State : std::enable_shared_from_this<State> {
    State(asio::io_context& of, std::size_t limit) : context(of), most(limit) {}

    asio::io_context& context;
    std::size_t most;
    std::size_t taken = 0;
    std::array<std::deque<Go>, 2> waiting;  // by urgency

    void next() {
        for (auto& line : waiting) {
            while (taken < most && !line.empty()) {
                ++taken;
                asio::post(context, [turn = Turn(shared_from_this()), go = std::move(line.front())]() mutable {
                    go(std::move(turn));
                });
                line.pop_front();
            }
        }
    }
};

// Posting allocates. Without memory for that, nobody who waits would ever go on: the program ends.
// NOLINTNEXTLINE(bugprone-exception-escape)
Turns::Turn::~Turn() {
    if (state_ == nullptr) return;  // moved on
    --state_->taken;
    state_->next();
}

Turns::Turns(asio::io_context& context, std::size_t most) : state_(std::make_shared<State>(context, most)) {
    assert(most > 0);
}

Turns::~Turns() { close(); }

void Turns::take(Go go, Urgency urgency) {
    state_->waiting[static_cast<std::size_t>(urgency)].push_back(std::move(go));
    state_->next();
}

void Turns::close() {
    for (auto& line : state_->waiting) line.clear();
}

std::size_t Turns::most() const { return state_->most; }

std::size_t Turns::waiting() const { return state_->waiting[0].size() + state_->waiting[1].size(); }

}  // namespace bully::net
