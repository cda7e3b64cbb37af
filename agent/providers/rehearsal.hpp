#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/service_failure.hpp>
#include <offhook/agent/providers/warm_up.hpp>

#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

/// A model that is being loaded.
struct ModelLoad {
  std::unique_ptr<WarmUp> warm_up;
  std::string provider;
  std::shared_ptr<const void> awaited{};  ///< kept until it is loaded, or nobody waits for it any more
};

/// A voice with sentences to prepare.
struct PreparedVoice {
  std::unique_ptr<Speaker> speaker;
  TellFailure tell{};  ///< of what is not spoken within the limit
};

/// What is made ready before any call wants it.
struct Rehearsed {
  std::vector<PreparedVoice> voices;
  std::vector<ModelLoad> loads;
  TellTrouble told{};                                        ///< of models that take too long
};

/// The first caller is greeted, and answered, as soon as the hundredth.
class Rehearsal {
 public:
  static constexpr base::Duration kTick = std::chrono::milliseconds(50);
  static constexpr base::Duration kLimit = std::chrono::seconds(60);         ///< what is not spoken by then is left to the calls
  static constexpr base::Duration kWarmUpLimit = std::chrono::minutes(10);  ///< a large model from a slow disk

  Rehearsal(Rehearsed what, base::TimePoint now);

  /// Every kTick; false when it is over.
  bool tick(base::TimePoint now);

 private:
  void give_up_speaking();
  void give_up_loading();

  Rehearsed what_;
  base::TimePoint begun_;
};

}  // namespace offhook::inline v0::agent
