#include "sim/view/json.hpp"

#include "core/names.hpp"
#include "sim/checks/bounds.hpp"
#include "sim/report/summary.hpp"
#include "sim/scenario/rerun_command.hpp"

#include <nlohmann/json.hpp>

#include <bully/version.hpp>
#include <map>
#include <vector>

namespace bully::sim {
namespace {

using Json = nlohmann::ordered_json;

std::string_view to_string(Prominence prominence) {
    switch (prominence) {
        case Prominence::headline: return "headline";
        case Prominence::normal: return "normal";
        case Prominence::detail: break;
    }
    return "detail";
}

std::string_view to_string(Fate fate) {
    switch (fate) {
        case Fate::sent: break;
        case Fate::delivered: return "delivered";
        case Fate::lost: return "lost";
        case Fate::to_down: return "to_down";
        case Fate::discarded: return "void";
    }
    return "under_way";
}

Json to_json(const ViewState& state) {
    return {{"phase", bully::to_string(state.phase)},
            {"watch", bully::to_string(state.watch)},
            {"leader", state.leader == 0 ? Json(nullptr) : Json(state.leader)},
            {"round", state.round}};
}

bool are_alike(const ViewState& a, const ViewState& b) {
    return a.phase == b.phase && a.watch == b.watch && a.leader == b.leader && a.round == b.round;
}

Json to_json(const ViewLine& line) {
    return {
        {"at_ns", line.at.count()}, {"order", line.order}, {"level", to_string(line.prominence)}, {"text", line.text}};
}

// What isn't there, or is what it nearly always is, has no key: a long run has many of these.
class Writer {
  public:
    [[nodiscard]] Json step(const ViewStep& step) {
        auto json = to_json(step.line);
        json["process"] = step.number;
        json["event"] = bully::to_string(step.event);
        if (step.row != nullptr) json["row"] = rows_.try_emplace(step.row, rows_.size()).first->second;
        if (step.late) json["late"] = true;
        const auto known = states_.find(step.number);
        if (known == states_.end() || !are_alike(known->second, step.before)) json["before"] = to_json(step.before);
        json["after"] = to_json(step.after);
        states_[step.number] = step.after;
        if (step.cause.kind != ViewCause::Kind::none) json["cause"] = {{name_of(step.cause.kind), step.cause.index}};
        for (const auto& timer : step.timers) {
            json["timers"].push_back({{"timer", bully::to_string(timer.timer)},
                                      {"min_ns", timer.range.min.count()},
                                      {"max_ns", timer.range.max.count()}});
        }
        return json;
    }

    [[nodiscard]] static Json message(const ViewMessage& message) {
        Json json{{"type", bully::sim::to_string(message.type)},
                  {"from", message.from},
                  {"to", message.to},
                  {"round", message.round},
                  {"sent_ns", message.sent.count()},
                  {"fate", to_string(message.fate)}};
        if (message.due) json["due_ns"] = message.due->count();
        if (message.fate != Fate::sent) json["known_ns"] = message.known.count();
        if (message.disturbed) json["disturbed"] = true;
        const auto add = [&](const char* key, std::optional<ViewIndex> index) {
            if (index) json[key] = *index;
        };
        add("by", message.by);
        add("step", message.step);
        add("outcome", message.outcome);
        add("copy_of", message.original);
        for (const auto& line : message.lines) json["lines"].push_back(to_json(line));
        return json;
    }

    // After all steps.
    [[nodiscard]] Json rows() const {
        std::vector<const Transition*> ordered(rows_.size());
        for (const auto& [row, index] : rows_) ordered[index] = row;
        auto json = Json::array();
        for (const auto* row : ordered) {
            json.push_back({{"phase", bully::to_string(row->from)},
                            {"event", bully::to_string(row->on)},
                            {"what", row->what},
                            {"rule", row->rule}});
        }
        return json;
    }

  private:
    static const char* name_of(ViewCause::Kind kind) {
        switch (kind) {
            case ViewCause::Kind::message: return "message";
            case ViewCause::Kind::timer: return "timer";
            case ViewCause::Kind::world: return "world";
            case ViewCause::Kind::none: break;
        }
        return "none";
    }

    std::map<const Transition*, std::size_t> rows_;
    std::map<Number, ViewState> states_;
};

Json to_json(const Bounds& bounds) {
    return {{"delay_ns", bounds.longest_delay.count()},
            {"answer_timeout_ns", bounds.answer_timeout.count()},
            {"coordinator_timeout_ns", bounds.coordinator_timeout.count()},
            {"probe_timeout_ns", bounds.probe_timeout.count()},
            {"hold_down_ns", bounds.hold_down.count()},
            {"overlap_ns", bounds.overlap().count()}};
}

Json to_json(const std::vector<ViewSpan>& spans) {
    auto json = Json::array();
    for (const auto& span : spans) {
        Json one{{"from_ns", span.from.count()}, {"until_ns", span.until.count()}};
        if (span.leader != 0) one["leader"] = span.leader;
        json.push_back(std::move(one));
    }
    return json;
}

}  // namespace

Json to_json(const ViewModel& model, const Scenario& scenario, const RunResult& result) {
    Json json{
        {"format", "bully-view"},
        {"version", view_version},
        {"program", std::string("bully_sim ") + BULLY_VERSION},
        {"about", scenario.about},
        {"again", result.file.empty() ? "" : again_command(result.file, result.seed, result.mode, result.overrides)},
        {"summary", to_json(result)},
        {"bounds", to_json(bounds_of(scenario, result.mode))},
        {"end_ns", model.end.count()},
        {"left_out", model.left_out}};
    Writer writer;
    auto steps = Json::array();
    for (const auto& step : model.steps) steps.push_back(writer.step(step));
    json["rows"] = writer.rows();
    json["steps"] = std::move(steps);
    auto& messages = json["messages"] = Json::array();
    for (const auto& message : model.messages) messages.push_back(Writer::message(message));
    auto& world = json["world"] = Json::array();
    for (const auto& event : model.world) {
        auto one = to_json(event.line);
        one["kind"] = to_string(event.kind);
        if (event.number != 0) one["process"] = event.number;
        if (event.ends) one["ends"] = true;
        world.push_back(std::move(one));
    }
    auto& bands = json["bands"] = Json::array();
    for (const auto& band : model.bands) {
        Json one{{"process", band.number}, {"look", to_string(band.look)}};
        if (band.leader != 0) one["leader"] = band.leader;
        one["from_ns"] = band.from.count();
        one["until_ns"] = band.until.count();
        bands.push_back(std::move(one));
    }
    json["leaderless"] = to_json(model.leaderless);
    json["several_leaders"] = to_json(model.several_leaders);
    json["agreement"] = to_json(model.agreement);
    return json;
}

void write_view_json(std::ostream& out, const Json& view) {
    out << view.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
}

}  // namespace bully::sim
