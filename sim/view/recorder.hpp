// Makes the model of a view while a run goes.
#pragma once

#include "sim/engine/observer.hpp"
#include "sim/report/narrator.hpp"
#include "sim/view/lanes.hpp"
#include "sim/view/message_ledger.hpp"
#include "sim/view/model.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace bully::sim {

class ViewRecorder final : public Observer {
  public:
    /// Messages: a page with more opens too slowly to be of use. The rest of such a run is left out.
    static constexpr std::size_t most_messages = 200'000;

    explicit ViewRecorder(std::size_t most = most_messages) : most_(most) {}

    void on_begin(const Scenario& scenario) override;
    void on_life(const LifeNote& note) override;
    void on_step(const StepNote& note) override;
    void on_message(const MessageNote& note) override;
    void on_world(const WorldNote& note) override;
    void on_end(Time at) override;

    /// After the run.
    [[nodiscard]] const ViewModel& model() const { return model_; }

  private:
    struct Process {
        std::array<std::optional<ViewIndex>, timer_count> timers;  // the step that started each
        std::map<Round, ViewIndex> requests_by_round;              // PROBEs and JOINs
        std::map<std::pair<Round, Number>, ViewIndex> asked;       // ELECTIONs, by receiver too
        std::vector<ViewIndex> loose_joins;                        // JOINs of no round without an answer
        bool running = false;
    };

    [[nodiscard]] bool is_full() const { return model_.messages.size() >= most_; }
    void send(const MessageNote& note);
    void remember_request(const MessageNote& note, ViewIndex index);
    [[nodiscard]] ViewCause cause_of(const StepNote& note);
    [[nodiscard]] std::optional<ViewIndex> request_of(Number number, Round round, Number peer);
    [[nodiscard]] std::optional<ViewIndex> join_of(Number number, Round round);
    [[nodiscard]] ViewState state_of(const View& view) const;
    void show(Time at, Number number, const View& view);
    [[nodiscard]] ViewLine line(Time at, Narration narration);

    std::size_t most_;
    const Scenario* scenario_ = nullptr;
    Narrator narrator_;
    ViewModel model_;
    MessageLedger ledger_;
    Lanes lanes_;
    std::vector<Process> processes_;
    std::optional<ViewIndex> arrived_;   // the message whose step comes next
    std::optional<ViewIndex> acting_;    // the step that is being carried out
    std::optional<ViewIndex> happened_;  // what happened around the processes last
    std::uint32_t order_ = 0;
    bool is_cut_ = false;
};

}  // namespace bully::sim
