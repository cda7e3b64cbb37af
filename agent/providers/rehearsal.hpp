#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <memory>
#include <vector>

namespace offhook::inline v0::agent {

/// Speakers with sentences to prepare, before any call wants them: the first caller is greeted as soon as the hundredth.
class Rehearsal {
 public:
  static constexpr base::Duration kTick = std::chrono::milliseconds(50);
  static constexpr base::Duration kLimit = std::chrono::seconds(60);  ///< what is not spoken by then is left to the calls

  Rehearsal(std::vector<std::unique_ptr<Speaker>> speakers, base::TimePoint now) : speakers_(std::move(speakers)), until_(now + kLimit) {}

  /// Every kTick; false when it is over.
  bool tick(base::TimePoint now);

 private:
  std::vector<std::unique_ptr<Speaker>> speakers_;
  base::TimePoint until_;
};

}  // namespace offhook::inline v0::agent
