// How far a long run has come, on stderr: one line that changes on a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace bully::sim {

/// The wall clock decides nothing but when this shows what. Not thread-safe.
class Progress {
  public:
    /// `everywhere`: also where stderr is no terminal.
    explicit Progress(bool everywhere = false);
    /// Leaves a terminal as it was.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    [[nodiscard]] bool shown() const { return shown_; }
    /// `part` of the work is done, 0..1.
    void at(double part);
    /// Where nobody knows how much work there is: what has been done, by the seconds that it took.
    void say(const std::function<std::string(double)>& what);
    void done();

  private:
    [[nodiscard]] bool is_due(double elapsed) const;
    void write(const std::string& text);
    [[nodiscard]] double elapsed_s() const;

    bool terminal_;
    bool shown_;
    bool dirty_ = false;
    double last_s_ = 0;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace bully::sim
