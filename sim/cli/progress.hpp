// The progress of a long run on stderr: one changing line on a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace bully::sim {

/// The wall clock decides only when progress is shown. Not thread-safe.
class Progress {
  public:
    /// `everywhere`: show progress also if stderr isn't a terminal.
    explicit Progress(bool everywhere = false);
    /// Clears the line on a terminal.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    [[nodiscard]] bool shown() const { return shown_; }
    /// Reports that a part of the work, 0..1, is done.
    void at(double part);
    /// Reports what has been done, given the seconds that it took, if nobody knows how much work there is.
    void say(const std::function<std::string(double)>& what);
    /// Reports the end, unless stderr is a terminal.
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
