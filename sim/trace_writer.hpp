// Writes a run as a trace (core/trace.hpp), line by line as it goes.
#pragma once

#include "core/trace.hpp"
#include "sim/observer.hpp"

#include <map>
#include <ostream>
#include <string>

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
    [[nodiscard]] SnapshotNumber snapshot(const Membership* members);
    void flush();

    std::ostream& out_;
    std::uint64_t seed_;
    Mode mode_;
    std::string line_;
    // Kept alive, so that an address names one snapshot for the whole run.
    std::map<const void*, std::pair<Membership, SnapshotNumber>> snapshots_;
};

}  // namespace bully::sim
