// The writer of traces (core/record/trace.hpp): a line for each note of a run, as it comes.
#pragma once

#include "core/record/trace_text.hpp"
#include "sim/engine/observer.hpp"

#include <cstdint>
#include <ostream>

namespace bully::sim {

class TraceWriter : public Observer {
  public:
    /// `out` must outlive this; its state tells whether all could be written.
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
