#pragma once

#include <offhook/agent/conversation/retries.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/base/time.hpp>

#include <optional>
#include <utility>

namespace offhook::inline v0::agent {

/// The repetition of a failed HTTP request: once, after the wait that its failure requires. Pure.
class RequestRetry {
 public:
  /// Plans the repetition, and reports it to `retries`. Returns false if it does not help, or if the request was repeated before; then
  /// `failure` is unchanged.
  [[nodiscard]] bool plan(RequestFailure& failure, Retries& retries) {
    if (!failure.retry_in || std::exchange(used_, true)) return false;
    in_ = failure.retry_in;
    retries.add(std::move(failure.why), kAsksAgain);
    return true;
  }
  /// Returns true once, when the request has to be repeated. The wait begins with the first call after plan().
  [[nodiscard]] bool take_due(base::TimePoint now) {
    if (in_) at_ = now + *std::exchange(in_, std::nullopt);
    if (!at_ || now < *at_) return false;
    at_.reset();
    return true;
  }
  /// Drops a planned repetition, and allows one for the next request.
  void reset() { *this = {}; }

 private:
  bool used_ = false;
  std::optional<base::Duration> in_;
  std::optional<base::TimePoint> at_;
};

}  // namespace offhook::inline v0::agent
