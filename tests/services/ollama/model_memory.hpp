#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/ollama/scenario.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace offhook::services::ollama {

/// Which models are loaded, for how long, and who waits for an answer of one. No I/O, no clock.
class ModelMemory {
 public:
  explicit ModelMemory(const Scenario& scenario) : scenario_(scenario) {}

  /// Has it loaded; when it is there. Another context length than before has it loaded anew.
  [[nodiscard]] base::TimePoint load(const std::string& name, std::int64_t context_tokens, base::TimePoint now);
  /// From the end of an answer on; less than 0: for ever.
  void keep(const std::string& name, base::TimePoint end, base::Duration keep_alive);
  void unload(const std::string& name) { loaded_.erase(name); }
  struct Loaded {
    std::int64_t context_tokens = 0;
    base::TimePoint ready, until = base::TimePoint::max();
  };
  /// By name.
  [[nodiscard]] const std::map<std::string, Loaded>& loaded(base::TimePoint now);

  /// When an answer may begin that is asked for now; nothing when the queue is full.
  [[nodiscard]] std::optional<base::TimePoint> turn_of(base::TimePoint now);
  void answers(std::uint64_t request, base::TimePoint end) { ends_[request] = end; }
  /// The connection is gone, or the answer over: nobody waits for it any more.
  void gone(std::uint64_t request) { ends_.erase(request); }

 private:
  const Scenario& scenario_;
  std::map<std::string, Loaded> loaded_;
  std::map<std::uint64_t, base::TimePoint> ends_;  // of answers that were begun, or wait
};

}  // namespace offhook::services::ollama
