// The log of live nodes: a line of text for each activity, or a JSON object. The JSON events and their fields are
// documented in bully_live's --help (live_cli.cpp).
//
// Lines that others can cause at will are shown in part: `unsaid` is the number of lines of that sort left out before a
// line. The latest change of the leader is never left out, only late: it comes with the next one, or a second later.
#pragma once

#include "core/record/narration.hpp"
#include "net/node/node.hpp"
#include "net/node/observer.hpp"
#include "net/tcp/pace.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

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
    bool quiet = false;    ///< Show only leaders, failures and trouble.
    bool verbose = false;  ///< Show each PROBE and its answer, too.
    bool many = false;     ///< Several nodes write to this log: each line names its node.
};

class JsonLine;

class LiveLog : public NodeObserver {
  public:
    /// `out` must outlive this; each line is flushed. Its nodes run on `context`.
    LiveLog(asio::io_context& context, std::ostream& out, LogStyle style);

    void on_life(const Node& node, std::int64_t at_ns, Round first_round) override;
    void on_step(const Node& node, const LiveStep& step) override;
    void on_gone(const Node& node, std::int64_t at_ns, Gone why) override;
    void on_reminded(const Node& node, std::int64_t at_ns, std::size_t peers) override;
    void on_trouble(const Node& node, std::int64_t at_ns, std::string_view what) override;

    /// Writes a line that isn't a node's, such as the daemon's address. JSON has no such lines.
    void remark(std::int64_t at_ns, std::string_view what);
    /// Writes the traffic of a node, at the end.
    void on_end(const Node& node, std::int64_t at_ns);

  private:
    // What has been said of a node, by sort of line.
    struct Said {
        explicit Said(asio::io_context& context);
        PacedLines messages;    // it has heard
        PacedLines activities;  // of its own
        PacedLines changes;     // of its leader
        int failed_joins = 0;   // in a row, before it is let in
        // Of the changes that were left out:
        std::optional<ProcessId> leader;  // by the latest
        std::int64_t since_ns = 0;        // the earliest
        asio::steady_timer turn;          // for the latest to be shown
    };

    [[nodiscard]] static bool is_chatter(const LiveStep& step, const Node& node);
    /// Whether a member that isn't in the group yet couldn't reach the daemon.
    [[nodiscard]] static bool is_failed_try(const LiveStep& step);
    void text_line(const Node& node, std::int64_t at_ns, Prominence prominence, std::string_view what);
    [[nodiscard]] Said& said_of(const Node& node) { return said_.try_emplace(node.pid(), context_).first->second; }
    /// How many lines of the sort were left out before those of this step; nothing: these are left out too.
    std::optional<std::uint64_t> take(const Node& node, const LiveStep& step);
    void await_turn(const Node& node, std::int64_t at_ns);
    /// Writes how many changes of the leader were left out, and the present leader.
    void sum_up(const Node& node, std::int64_t at_ns, std::uint64_t changes);
    void text_step(const Node& node, const LiveStep& step);
    struct JsonStep;
    void json_step(const Node& node, const LiveStep& step);
    [[nodiscard]] JsonLine object(const Node& node, std::int64_t at_ns, std::string_view event) const;
    void write(const JsonLine& line);
    [[nodiscard]] std::string time_text(std::int64_t at_ns) const;

    asio::io_context& context_;
    std::ostream& out_;
    LogStyle style_;
    std::int64_t unix_epoch_ns_ = 0;  // of time 0
    PacedLines trouble_;
    std::map<ProcessId, Said> said_;
};

}  // namespace bully::net
