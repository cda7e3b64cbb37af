#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

/// A failure after which a part of the conversation continues by itself.
struct Retry {
  std::string why;        ///< the failure, in a sentence without words of the conversation
  std::string_view then;  ///< the part's next action; the characters exist for ever
};

inline constexpr std::string_view kAsksAgain = "asks again", kConnectsAgain = "connects again", kConnectsLater = "connects again when it is needed",
                                  kConnectsNoMore = "connects no more", kWaitsForModel = "waits for the model";

/// The retries of one part that the log does not have yet.
class Retries {
 public:
  static constexpr std::size_t kMost = 16;  ///< further ones are dropped; the log takes them every 10 ms

  void add(std::string why, std::string_view then) {
    if (all_.size() < kMost) all_.push_back({std::move(why), then});
  }
  [[nodiscard]] std::vector<Retry> take() { return std::exchange(all_, {}); }

 private:
  std::vector<Retry> all_;
};

}  // namespace offhook::inline v0::agent
