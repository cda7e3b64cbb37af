#pragma once

#include <offhook/agent/conversation/turn_retries.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

/// A failure after which a part of the conversation continues by itself.
struct Retry {
  std::string why;        ///< the failure, in a sentence that quotes no words of the conversation
  std::string_view then;  ///< the part's next action; refers to a string literal
};

inline constexpr std::string_view kAsksAgain = "asks again", kConnectsAgain = "connects again", kConnectsLater = "connects again when it is needed",
                                  kConnectsNoMore = "connects no more", kWaitsForModel = "waits for the model";

/// The retries of one part. Takes each attempt from the budget of the turn, and stores each retry until the log takes it.
class Retries {
 public:
  static constexpr std::size_t kMost = 16;  ///< further retries are dropped; the log takes the stored ones every 10 ms

  /// From now on, try_add() takes attempts for `stage` from the budget `turn`. If `turn` is null, the number of attempts has no limit.
  void share(TurnRetries* turn, Stage stage) {
    turn_ = turn;
    stage_ = stage;
  }
  /// The part wants to repeat a request. Returns false if the turn has no attempt left for it.
  [[nodiscard]] bool try_add(std::string why, std::string_view then) {
    if (turn_ != nullptr && !turn_->try_repeat(stage_)) return false;
    add(std::move(why), then);
    return true;
  }
  /// Adds a retry that repeats no request and therefore takes no attempt.
  void add(std::string why, std::string_view then) {
    if (all_.size() < kMost) all_.push_back({std::move(why), then});
  }
  [[nodiscard]] std::vector<Retry> take() { return std::exchange(all_, {}); }

 private:
  std::vector<Retry> all_;
  TurnRetries* turn_ = nullptr;
  Stage stage_{};
};

}  // namespace offhook::inline v0::agent
