// Records live nodes as a trace (core/record/trace.hpp), so that `bully_sim replay` can run them through the core
// again.
#pragma once

#include "core/record/trace_text.hpp"
#include "net/node/node.hpp"
#include "net/node/observer.hpp"

#include <cstdint>
#include <memory>
#include <ostream>
#include <span>

namespace bully::net {

class LiveTrace : public NodeObserver {
  public:
    /// `out` must outlive this. Its state tells whether everything could be written.
    explicit LiveTrace(std::ostream& out) : out_(out) {}

    /// Writes the header: the processes of this program, which listen already. Requires: nothing is written yet.
    void begin(std::span<const std::shared_ptr<Node>> nodes, std::uint64_t seed);
    /// Writes the last line. A trace without it shows that its program was killed.
    void end(std::int64_t at_ns);

    void on_life(const Node& node, std::int64_t at_ns, Round first_round) override;
    void on_step(const Node& node, const LiveStep& step) override;
    void on_gone(const Node& node, std::int64_t at_ns, Gone why) override;

  private:
    void write() { out_ << text_.take() << std::flush; }  // a program that is killed leaves what it did

    std::ostream& out_;
    TraceText text_;
};

}  // namespace bully::net
