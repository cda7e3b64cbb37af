#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <functional>
#include <string>

namespace offhook::inline v0::agent {

/// A failure of a provider's service that no session event reports, because the call continues.
struct ServiceFailure {
  Stage stage{};
  std::string service;  ///< "NAME/speak"; a part sets "" for its own stage, or the name of another stage
  std::string instead;  ///< the service that replaces it now; "" if there is none
  std::string why;
  FailureKind kind{};
};

/// Called on the thread of the call, or of the rehearsal.
using ReportFailure = std::function<void(ServiceFailure)>;

}  // namespace offhook::inline v0::agent
