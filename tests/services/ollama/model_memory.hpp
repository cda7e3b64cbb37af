#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/ollama/scenario.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace offhook::services::ollama {

/// Stores the loaded models, how long they stay loaded, and the requests that wait for an answer. It does no I/O and reads no clock.
class ModelMemory {
 public:
  explicit ModelMemory(const Scenario& scenario) : scenario_(scenario) {}

  /// Loads the model if necessary, and returns when it is ready. A change of the context length reloads it.
  [[nodiscard]] base::TimePoint load(const std::string& name, std::int64_t context_tokens, base::TimePoint now);
  /// Keeps the model loaded for `keep_alive` after the end of an answer; a negative time means for ever.
  void keep(const std::string& name, base::TimePoint end, base::Duration keep_alive);
  void unload(const std::string& name) { loaded_.erase(name); }
  struct Loaded {
    std::int64_t context_tokens = 0;
    base::TimePoint ready, until = base::TimePoint::max();
  };
  /// Returns the models that are loaded at `now`, by name.
  [[nodiscard]] const std::map<std::string, Loaded>& loaded(base::TimePoint now);

  /// Returns when an answer requested now may begin, or nullopt when the queue is full.
  [[nodiscard]] std::optional<base::TimePoint> turn_of(base::TimePoint now);
  void answers(std::uint64_t request, base::TimePoint end) { ends_[request] = end; }
  /// Removes a request whose connection has ended or whose answer is complete.
  void gone(std::uint64_t request) { ends_.erase(request); }

 private:
  const Scenario& scenario_;
  std::map<std::string, Loaded> loaded_;
  std::map<std::uint64_t, base::TimePoint> ends_;  // of running and waiting answers, by request
};

}  // namespace offhook::services::ollama
