#pragma once

#include <offhook/agent/net/http_client.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent {

/// A request that costs nothing, and that the provider answers with 2xx only if the key is valid.
struct KeyTrial {
  net::HttpRequest request{};
  std::string whom{};       ///< the provider's name for people
  bool has_key = true;
  std::string not_found{};  ///< advice for a 404; "": there is none
  std::string good{};       ///< the finding after a good answer; "": the usual text
  std::function<std::string(std::string_view body)> fault_of{};  ///< returns the fault of a 2xx answer, or ""; empty: a 2xx answer is always good
};

/// Returns a GET of `url`. If `value` is empty, the request has no key.
[[nodiscard]] inline KeyTrial trial_of(std::string url, std::string whom, std::string header, std::string value) {
  KeyTrial trial;
  trial.request.method = "GET";
  trial.request.url = std::move(url);
  trial.whom = std::move(whom);
  trial.has_key = !value.empty();
  if (trial.has_key) trial.request.headers = {{std::move(header), std::move(value)}};
  return trial;
}

}  // namespace offhook::inline v0::agent
