// Composes a trace (core/record/trace.hpp) as it grows, and numbers the memberships in it.
#pragma once

#include "core/record/trace.hpp"
#include "core/record/trace_digest.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bully {

/// What happened around the processes.
struct WorldRecord {
    std::int64_t time_ns = 0;
    std::string_view kind;   ///< "crash", "partition", ...
    std::uint32_t node = 0;  ///< 0: none in particular
    bool ends = false;       ///< the end of something that lasts
    bool host_up = false;    ///< a crash: connections are refused
    std::string_view text;   ///< for people
};

/// Appends whole lines to a text, which the caller takes away whenever he likes.
class TraceText {
  public:
    void header(const TraceHeader& header);
    /// `settled`: the members of a process that begins in a settled group; else null.
    void life(LifeRecord record, const Membership* settled = nullptr);
    void step(StepRecord record);
    void world(const WorldRecord& record);
    /// The last line.
    void end(std::int64_t time_ns);
    /// A line of the caller's own, without its end.
    void line(std::string_view text);

    /// The lines since the last time.
    [[nodiscard]] std::string take();

  private:
    [[nodiscard]] SnapshotNumber snapshot(const Membership* members);

    std::string lines_;
    TraceDigest taken_;
    SnapshotNumber latest_ = 0;
    std::vector<std::pair<Membership, SnapshotNumber>> snapshots_;  // the latest last; kept alive, for their addresses
    std::map<const void*, SnapshotNumber> numbers_;                 // of those
};

}  // namespace bully
