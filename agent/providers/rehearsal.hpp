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
  std::shared_ptr<const void> awaited{};  ///< a reference that is held until the model is loaded, or the rehearsal gives up
};

/// A speaker with sentences to prepare.
struct PreparedVoice {
  std::unique_ptr<Speaker> speaker;
  ReportFailure report_failure{};  ///< gets a failure if not all sentences are spoken within the limit
};

/// The work that a rehearsal does before the first call.
struct Rehearsed {
  std::vector<PreparedVoice> voices;
  std::vector<ModelLoad> loads;
  ReportTrouble told{};                                        ///< gets a sentence for each model that loads too slowly
};

/// Prepares sentences and loads models before the first call, so that the first caller waits no longer than a later one.
class Rehearsal {
 public:
  static constexpr base::Duration kTick = std::chrono::milliseconds(50);
  static constexpr base::Duration kLimit = std::chrono::seconds(60);         ///< after this time, calls speak the missing sentences themselves
  static constexpr base::Duration kWarmUpLimit = std::chrono::minutes(10);  ///< allows for a large model on a slow disk

  Rehearsal(Rehearsed what, base::TimePoint now);

  /// Does the next step. The owner invokes this every kTick. Returns false when the rehearsal is over.
  bool tick(base::TimePoint now);

 private:
  void give_up_speaking();
  void give_up_loading();

  Rehearsed what_;
  base::TimePoint begun_;
};

}  // namespace offhook::inline v0::agent
