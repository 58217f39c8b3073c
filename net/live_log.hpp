// What the user of live nodes sees: a line of text for each activity, or an object of JSON.
//
//   JSON: {"event": ..., "time": seconds since 1970, "pid": [days, student_id], ...}, one object a line, among them
//   listening {address}, joined {members}, join_failed {reason}, election {asked}, won {told}, leader_changed {leader:
//   pid or null}, leader_failed {leader, why}, message {message, from, unsaid}, failed, recovered, warning {what},
//   trouble {what}, gone {why}, ended {connections, accepted, bytes_sent, bytes_received,
//   evicted, garbage}. `unsaid`: so many lines
//   before it were left out. What others can cause at will is shown in part.
#pragma once

#include "core/narration.hpp"
#include "net/node.hpp"
#include "net/node_observer.hpp"
#include "net/pace.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace bully::net {

struct LogStyle {
    bool json = false;
    bool colour = false;
    bool quiet = false;    ///< Only leaders, failures and trouble.
    bool verbose = false;  ///< Each PROBE and its answer, too.
    bool many = false;     ///< More than one node writes to this log: each line says whose it is.
};

class LiveLog : public NodeObserver {
  public:
    /// `out` must outlive this; each line is flushed.
    LiveLog(std::ostream& out, LogStyle style);

    void on_life(const Node& node, std::int64_t at_ns, Round first_round) override;
    void on_step(const Node& node, const LiveStep& step) override;
    void on_gone(const Node& node, std::int64_t at_ns, Gone why) override;
    void on_trouble(const Node& node, std::int64_t at_ns, std::string_view what) override;

    /// A line that no node says, e.g. of the daemon inside. Nothing in JSON.
    void remark(std::int64_t at_ns, std::string_view what);
    /// What passed over the wire, at the end.
    void on_end(const Node& node, std::int64_t at_ns);

  private:
    class Object;

    void text_line(const Node& node, std::int64_t at_ns, Weight weight, std::string_view what);
    /// Whether another line of what `node` has heard is shown; and how many before it were not.
    std::optional<std::uint64_t> take_message(const Node& node, std::int64_t at_ns);
    void text_step(const Node& node, const LiveStep& step);
    void json_step(const Node& node, const LiveStep& step);
    Object object(const Node& node, std::int64_t at_ns, std::string_view event);
    [[nodiscard]] std::string time_text(std::int64_t at_ns) const;

    std::ostream& out_;
    LogStyle style_;
    std::int64_t unix_epoch_ns_ = 0;  // of time 0
    Pace trouble_;
    std::uint64_t unsaid_ = 0;  // troubles beyond what is shown

    struct Messages {
        Pace pace;
        std::uint64_t unsaid = 0;
    };
    std::map<ProcessId, Messages> messages_;  // that a node has heard; anybody can send them
};

}  // namespace bully::net
