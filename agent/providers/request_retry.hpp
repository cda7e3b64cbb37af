#pragma once

#include <offhook/agent/conversation/retries.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/base/time.hpp>

#include <optional>
#include <utility>

namespace offhook::inline v0::agent {

/// Decides about the repetition of a failed HTTP request: once, after the wait that the failure requires, if the turn has an attempt left. Pure.
class RequestRetry {
 public:
  /// Plans the repetition, and adds it to `retries`. Returns false if a repetition would not help, if the request was already repeated, or if the turn
  /// has no attempt left.
  [[nodiscard]] bool plan(const RequestFailure& failure, Retries& retries) {
    if (!failure.retry_in || used_ || !retries.try_add(failure.why, kAsksAgain)) return false;
    used_ = true;
    in_ = failure.retry_in;
    return true;
  }
  /// Returns true, once, when the time of the repetition has come. The wait begins with the first invocation after plan().
  [[nodiscard]] bool take_due(base::TimePoint now) {
    if (in_) at_ = now + *std::exchange(in_, std::nullopt);
    if (!at_ || now < *at_) return false;
    at_.reset();
    return true;
  }
  /// Drops a planned repetition, and allows one repetition of the next request.
  void reset() { *this = {}; }

 private:
  bool used_ = false;
  std::optional<base::Duration> in_;
  std::optional<base::TimePoint> at_;
};

}  // namespace offhook::inline v0::agent
