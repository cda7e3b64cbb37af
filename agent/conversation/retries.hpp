#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

/// A failure after which a part of the conversation goes on by itself.
struct Retry {
  std::string why;        ///< the failure, a sentence without a word of the conversation
  std::string_view then;  ///< what the part does now; the characters last for ever
};

inline constexpr std::string_view kAsksAgain = "asks again", kConnectsAgain = "connects again", kConnectsLater = "connects again when it is needed",
                                  kConnectsNoMore = "connects no more", kWaitsForModel = "waits for the model";

/// The retries of one part that the log does not know yet.
class Retries {
 public:
  static constexpr std::size_t kMost = 16;  ///< further ones are dropped: a part is asked for them every 10 ms

  void add(std::string why, std::string_view then) {
    if (all_.size() < kMost) all_.push_back({std::move(why), then});
  }
  [[nodiscard]] std::vector<Retry> take() { return std::exchange(all_, {}); }

 private:
  std::vector<Retry> all_;
};

}  // namespace offhook::inline v0::agent
