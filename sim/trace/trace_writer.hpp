// Writes a run as a trace (core/record/trace.hpp), line by line as it goes.
#pragma once

#include "core/record/trace_text.hpp"
#include "sim/engine/observer.hpp"

#include <cstdint>
#include <ostream>

namespace bully::sim {

class TraceWriter : public Observer {
  public:
    /// `out` must outlive this. Whether all could be written is in its state.
    TraceWriter(std::ostream& out, std::uint64_t seed, Mode mode) : out_(out), seed_(seed), mode_(mode) {}

    void on_begin(const Scenario& scenario) override;
    void on_life(const LifeNote& note) override;
    void on_step(const StepNote& note) override;
    void on_message(const MessageNote& note) override;
    void on_world(const WorldNote& note) override;
    void on_end(Time at) override;

  private:
    std::ostream& out_;
    std::uint64_t seed_;
    Mode mode_;
    TraceText text_;
};

}  // namespace bully::sim
